// What a review costs inside the process: decode, swap and encode, beside a plain validating pass and Foundation.
//
//     imageswap-bench FOLDER                  the folder with the bodies and expected.json: prints tables
//     imageswap-bench FOLDER BODY ROUNDS      reviews one body so often and prints nothing: for callgrind and perf

import Foundation

let arguments = CommandLine.arguments
if arguments.count == 2 {
    let bench = try Bench(folder: URL(fileURLWithPath: arguments[1]))
    let isWithinBounds = try bench.run()
    print()
    try bench.runPullSecrets()
    exit(isWithinBounds ? 0 : 1)
} else if arguments.count == 4, let rounds = Int(arguments[3]) {
    try Bench(folder: URL(fileURLWithPath: arguments[1])).review(arguments[2], rounds: rounds)
} else {
    FileHandle.standardError.write(Data("usage: imageswap-bench FOLDER [BODY ROUNDS]\n".utf8))
    exit(64)
}
