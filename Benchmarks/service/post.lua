-- Posts one body over and over, and prints what came of it as a line of JSON.
-- wrk counts statuses above 399 by itself; a response function here would cost more than the rest of wrk.

function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
    wrk.body = file:read("*a")
    file:close()
end

function done(summary, latency)
    local errors = summary.errors
    print(string.format(
        '{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "max": %d, "statuses": %d, "others": %d}',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
        errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
