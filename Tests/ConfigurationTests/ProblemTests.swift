import Configuration
import Testing

@Suite struct ProblemTests {
    /// What may stand at the top of the file.
    static let topLevel =
        "data, dedupe, durability, environment, experiments, exposition, grafana, kit, ledger, limits, linger, "
        + "log, metrics, objectives, otlp, packs, prices, relaxed_window, remote_write, shutdown, skills, "
        + "stale_after, tests, time_zone, zero_first"

    @Test(arguments: [
        ("otpl:\n  grpc: x\n", "spanmeter.yaml:1: otpl is no option; did you mean otlp"),
        (
            "limits:\n  request_byte: 1\n",
            "spanmeter.yaml:2: limits.request_byte is no option; did you mean limits.request_bytes"
        ),
        ("\ngrpc: x\n", "spanmeter.yaml:2: grpc is no option; did you mean otlp.grpc"),
        (
            "otlp:\n  thrift: x\n",
            "spanmeter.yaml:2: otlp.thrift is no option; wanted one of grpc, http below otlp"
        ),
        (
            "tls: x\n",
            "spanmeter.yaml:1: tls is no option; wanted one of \(topLevel) at the top level"
        ),
        (
            "config: x\n",
            "spanmeter.yaml:1: config is no option; wanted one of \(topLevel) at the top level"
        ),
        (
            "limits.series: 5\n",
            "spanmeter.yaml:1: limits.series is written with dots; wanted one level per name, indented below "
                + "each other"
        ),
        ("otlp: localhost:4317\n", "spanmeter.yaml:1: otlp is 'localhost:4317'; wanted grpc, http below it"),
        (
            "[]\n",
            "spanmeter.yaml:1: the file is a list; wanted \(topLevel) below it"
        ),
        (
            "metrics: { host: x }\n",
            "spanmeter.yaml:1: metrics is a mapping; wanted a single value, HOST:PORT"
        ),
        ("? [a]\n: b\n", "spanmeter.yaml:1: a key is a list; wanted a name"),
        (
            "packs: { enabled: [[a]] }\n",
            "spanmeter.yaml:1: packs.enabled is a list of lists or mappings; wanted a list such as [one, two], "
                + "no item empty"
        ),
        (
            "packs:\n  options:\n    first: 3\n",
            "spanmeter.yaml:3: packs.options.first is '3'; wanted options by name"
        ),
        (
            "packs:\n  options: [first]\n",
            "spanmeter.yaml:2: packs.options is a list; wanted packs by name, and below each its options"
        ),
        (
            "packs:\n  options:\n    first:\n      a: { b: c }\n",
            "spanmeter.yaml:4: packs.options.first.a is a mapping; wanted text, a number, true or false, or a "
                + "list of texts"
        ),
        (
            "a: b: c\n",
            "spanmeter.yaml:1: the file is no YAML: mapping values are not allowed in this context"
        ),
        (
            "metrics: localhost:1\nmetrics: localhost:2\n",
            "spanmeter.yaml:1: metrics stands twice in one mapping; wanted it once"
        ),
    ])
    func `a mistake in the file is named with its line`(file: String, message: String) throws {
        #expect(try problems(file: file) == [message])
    }

    @Test(arguments: [
        (":4318", "HOST:PORT; to listen on all interfaces write 0.0.0.0:4318"),
        ("*:4318", "HOST:PORT; to listen on all interfaces write 0.0.0.0:4318"),
        ("4318", "HOST:PORT such as localhost:4318"),
        ("localhost:", "HOST:PORT with a port from 0 (any free one) to 65535"),
        ("localhost:65536", "HOST:PORT with a port from 0 (any free one) to 65535"),
        ("localhost:+1", "HOST:PORT with a port from 0 (any free one) to 65535"),
        ("::1:4318", "HOST:PORT with an IPv6 address in brackets, such as [::1]:4318"),
        ("[::g]:4318", "an IPv6 address in brackets, such as [::1]:4318"),
        ("[::1:4318", "an IPv6 address in brackets, such as [::1]:4318"),
        ("127.0.0.256:1", "an IPv4 address of four numbers up to 255"),
        ("http://localhost:1", "HOST:PORT with an IPv6 address in brackets, such as [::1]:1"),
        ("a b:1", "HOST:PORT with a host name, such as localhost:1"),
        ("a..b:1", "HOST:PORT with a host name, such as localhost:1"),
    ])
    func `a bad address says what was wanted`(text: String, wanted: String) throws {
        #expect(try problems(otlpHTTP: text) == ["--otlp-http: otlp.http is '\(text)'; wanted \(wanted)"])
    }

    @Test(arguments: [
        ("LIMITS_REQUEST_BYTES", "limits.request_bytes", "64MX", "a size such as 64MiB, 1GB or 4096"),
        ("LIMITS_REQUEST_BYTES", "limits.request_bytes", "-1", "a size such as 64MiB, 1GB or 4096"),
        ("LIMITS_REQUEST_BYTES", "limits.request_bytes", "99999999TiB", "a size below 8192PiB"),
        ("LIMITS_REQUEST_BYTES", "limits.request_bytes", "1023", "1KiB to 1GiB"),
        ("LIMITS_SERIES", "limits.series", "many", "a whole number"),
        ("LIMITS_SERIES", "limits.series", "+5", "a whole number"),
        ("LIMITS_SERIES", "limits.series", "0", "1 to 10000000"),
        ("LIMITS_IDLE_TIMEOUT", "limits.idle_timeout", "30", "a duration such as 30s, 5m or 1h30m"),
        ("LIMITS_IDLE_TIMEOUT", "limits.idle_timeout", "1m1h", "a duration such as 30s, 5m or 1h30m"),
        ("LIMITS_IDLE_TIMEOUT", "limits.idle_timeout", "1.5h", "a duration such as 30s, 5m or 1h30m"),
        (
            "LIMITS_IDLE_TIMEOUT", "limits.idle_timeout", "999999999999y",
            "a duration such as 30s, 5m or 1h30m"
        ),
        ("LIMITS_IDLE_TIMEOUT", "limits.idle_timeout", "2d", "1s to 1d"),
        ("LOG_LEVEL", "log.level", "INFO", "one of trace, debug, info, notice, warning, error, critical"),
        ("PACKS_ENABLED", "packs.enabled", "a,,b", "a list such as [one, two], no item empty"),
        (
            "ENVIRONMENT", "environment", "a\nb", "text that is not empty and has no control characters"
        ),
        ("DATA", "data", "\u{1}", "a path that is not empty and has no control characters"),
    ])
    func `a bad variable says what was wanted`(variable: String, key: String, text: String, wanted: String)
        throws
    {
        let message = "SPANMETER_\(variable): \(key) is '\(text)'; wanted \(wanted)"
        #expect(try problems(environment: ["SPANMETER_\(variable)": text]) == [message])
    }

    @Test func `all problems of all sources are reported together, also those of overruled values`() throws {
        let file = "otlp:\n  http: nowhere\nlimits: { series: 0, colour: red }\nlogs: 1\n"
        let environment = ["SPANMETER_LOG_LEVEL": "loud", "SPANMETER_LIMITS_SERIES": "x"]
        #expect(
            try problems(file: file, environment: environment, otlpHTTP: ":1") == [
                "spanmeter.yaml:2: otlp.http is 'nowhere'; wanted HOST:PORT such as localhost:4318",
                "spanmeter.yaml:3: limits.colour is no option; wanted one of connections, idle_timeout, "
                    + "inflight_bytes, label_value_bytes, open_cases, request_bytes, request_timeout, "
                    + "requests_per_core, series, series_per_meter, tests, values_per_label below limits",
                "spanmeter.yaml:3: limits.series is '0'; wanted 1 to 10000000",
                "spanmeter.yaml:4: logs is no option; did you mean log",
                "SPANMETER_LIMITS_SERIES: limits.series is 'x'; wanted a whole number",
                "SPANMETER_LOG_LEVEL: log.level is 'loud'; wanted one of trace, debug, info, notice, warning, "
                    + "error, critical",
                "--otlp-http: otlp.http is ':1'; wanted HOST:PORT; to listen on all interfaces write 0.0.0.0:1",
            ])
    }

    @Test func `contradictions between options are problems`() throws {
        #expect(
            try problems(file: "limits: { request_bytes: 512MiB }") == [
                "spanmeter.yaml:1: limits.inflight_bytes is '256MiB'; wanted at least limits.request_bytes, 512MiB"
            ])
        #expect(
            try problems(otlpHTTP: "0.0.0.0:4317") == [
                "--otlp-http: otlp.http is '0.0.0.0:4317' and otlp.grpc is 'localhost:4317'; "
                    + "wanted different ports"
            ])
        #expect(
            try problems(environment: ["SPANMETER_OTLP_GRPC": "[::1]:9464"]) == [
                "SPANMETER_OTLP_GRPC: metrics is 'localhost:9464' and otlp.grpc is '[::1]:9464'; "
                    + "wanted different ports"
            ])
        #expect(try problems(file: "otlp: { grpc: 'localhost:0', http: 'localhost:0' }") == [])
        #expect(try problems(file: "otlp: { grpc: '127.0.0.2:1', http: '127.0.0.3:1' }") == [])
    }

    @Test func `a named file must exist, the usual one need not`() throws {
        #expect(
            try problems(config: "other.yaml") == [
                "--config: config is 'other.yaml'; wanted a file that exists"
            ])
        #expect(
            try problems(environment: ["SPANMETER_CONFIG": "third.yaml"]) == [
                "SPANMETER_CONFIG: config is 'third.yaml'; wanted a file that exists"
            ])
        #expect(try problems() == [])
    }

    @Test func `a file that cannot be read is a problem of its own`() throws {
        struct Denied: Error, CustomStringConvertible { let description = "permission denied" }
        #expect {
            try Settings.load(flags: FlagValues(), environment: [:], readFile: { _ in throw Denied() })
        } throws: { error in
            (error as? ConfigurationError)?.description
                == "default: config is 'spanmeter.yaml'; wanted a file that can be read (permission denied)"
        }
    }

    @Test func `a file beyond the size limit is refused unread`() throws {
        let text = String(repeating: "#", count: Settings.fileByteCountMax + 1)
        #expect(
            try problems(file: text) == ["spanmeter.yaml: the file has 1048577 bytes; wanted at most 1048576"]
        )
    }

    @Test func `deep nesting is a problem and no crash`() throws {
        let text = String(repeating: "[", count: 100_000)
        #expect(try problems(file: text).count == 1)
    }

    @Test func `without HOME the data directory must be given`() {
        #expect {
            try Settings.load(flags: FlagValues(), environment: [:], readFile: { _ in nil })
        } throws: { error in
            (error as? ConfigurationError)?.description
                == "SPANMETER_DATA: data is not set; wanted a directory; neither XDG_STATE_HOME nor HOME is set "
                + "to find the default"
        }
    }

    @Test func `a variable that is nearly an option's is a problem, others are left alone`() throws {
        #expect(
            try problems(environment: ["SPANMETER_OTLP_GPRC": "x"]) == [
                "SPANMETER_OTLP_GPRC: SPANMETER_OTLP_GPRC is no option; did you mean SPANMETER_OTLP_GRPC"
            ])
        let kubernetes = [
            "SPANMETER_SERVICE_HOST": "10.0.0.1", "SPANMETER_PORT": "tcp://10.0.0.1:4317",
            "SPANMETER_PORT_4317_TCP_PORT": "4317", "SPANMETER_RECORD": "1",
        ]
        #expect(try problems(environment: kubernetes) == [])
    }
}
