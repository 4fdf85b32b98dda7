// What a review costs inside the process: decode, swap and encode, beside a plain validating pass and Foundation.
//
//     imageswap-bench FOLDER      the folder with the bodies and expected.json (Tests/AdmissionTests/Reviews)

import Foundation

let arguments = CommandLine.arguments
guard arguments.count == 2 else {
    FileHandle.standardError.write(Data("usage: imageswap-bench FOLDER\n".utf8))
    exit(64)
}
exit(try Bench(folder: URL(fileURLWithPath: arguments[1])).run() ? 0 : 1)
