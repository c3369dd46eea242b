import Configuration
import Testing

@Suite struct OptionTests {
    @Test func `keys, variables and flags are unique and well formed`() {
        let options = Options.declarations
        #expect(Set(options.map(\.key)).count == options.count)
        #expect(Set(options.map(\.variable)).count == options.count)
        for option in options {
            #expect(option.key.allSatisfy { $0.isLowercase || $0 == "." || $0 == "_" }, "\(option.key)")
            #expect(option.documentation.hasSuffix("."), "\(option.key)")
        }
        #expect(
            options.filter(\.hasFlag).map(\.flagName) == [
                "config", "otlp-grpc", "otlp-http", "metrics", "data", "linger",
            ])
    }

    @Test func `the reference names every option with its sources`() {
        let text = ConfigurationReference.text
        for option in Options.declarations {
            #expect(text.contains("\n\(option.key)  \(option.placeholder)"), "\(option.key)")
        }
        #expect(
            text.contains(
                """

                limits.request_bytes  SIZE, 1KiB to 1GiB
                    The largest request body after decompression; a larger one is refused (413, RESOURCE_EXHAUSTED).
                    default: 64MiB
                    set by: SPANMETER_LIMITS_REQUEST_BYTES, file

                """))
        #expect(text.contains("set by: --otlp-grpc, SPANMETER_OTLP_GRPC, file\n"))
        #expect(text.contains("set by: --config, SPANMETER_CONFIG\n"))
    }

    @Test(arguments: [
        ("0", 0), ("1024", 1024), ("1KiB", 1024), ("1kb", 1000), ("3B", 3), ("64MiB", 64 << 20),
        ("2TB", 2_000_000_000_000),
    ])
    func `sizes are read with and without units`(text: String, byteCount: Int) throws {
        #expect(try ByteSize(configurationText: text).byteCount == byteCount)
    }

    @Test(arguments: [
        ("0", Duration.zero), ("1ms", .milliseconds(1)), ("1h30m", .seconds(5400)), ("1d", .seconds(86400)),
        ("2w", .seconds(1_209_600)), ("1m500ms", .milliseconds(60_500)),
    ])
    func `durations are read as Prometheus writes them`(text: String, duration: Duration) throws {
        #expect(try Duration(configurationText: text) == duration)
    }

    @Test(arguments: ["0", "1000", "1024", "1500", "67108864", "1000000", "3221225472", "123456789"])
    func `a size that is written is read back`(text: String) throws {
        let size = try ByteSize(configurationText: text)
        #expect(try ByteSize(configurationText: size.configurationText) == size)
    }

    @Test(arguments: [0, 1, 999, 1_000, 61_001, 3_600_000, 90_061_001, 1_209_600_000])
    func `a duration that is written is read back`(milliseconds: Int) throws {
        let duration = Duration.milliseconds(milliseconds)
        #expect(try Duration(configurationText: duration.configurationText) == duration)
    }

    @Test(arguments: ["localhost:4318", "0.0.0.0:0", "[::1]:4318", "[fe80::1%eth0]:1", "a-b.c_d:65535"])
    func `an address that is read is written the same`(text: String) throws {
        #expect(try ListenAddress(configurationText: text).configurationText == text)
    }

    @Test func `localhost is bound on both loopback addresses`() throws {
        #expect(try ListenAddress(configurationText: "localhost:1").bindHosts == ["127.0.0.1", "::1"])
        #expect(try ListenAddress(configurationText: "[::1]:1").bindHosts == ["::1"])
    }
}
