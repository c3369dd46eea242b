import Configuration
import Testing

@Suite struct RemoteWriteTests {
    static let url = "SPANMETER_REMOTE_WRITE_URL"

    @Test func `an address is all that has to be set`() throws {
        let push = try #require(try load(environment: [Self.url: "http://p/write"]).remoteWrite)
        #expect(push.url == "http://p/write")
        #expect(push.bearerToken == nil && push.bearerTokenFile == nil && push.headers.isEmpty)
        #expect(push.labels.map { "\($0.name)=\($0.value)" } == ["job=spanmeter"])
        #expect([push.timeout, push.deadline] == [.seconds(5), .seconds(20)])
    }

    @Test func `without an address nothing else of it counts`() throws {
        #expect(try load(environment: ["SPANMETER_REMOTE_WRITE_TIMEOUT": "1s"]).remoteWrite == nil)
    }

    @Test func `address, token and headers are shown nowhere`() throws {
        let settings = try load(environment: [
            Self.url: "http://p/hush", "SPANMETER_REMOTE_WRITE_BEARER_TOKEN": "hush",
            "SPANMETER_REMOTE_WRITE_HEADERS": "X-Key: hush",
        ])
        #expect(settings.remoteWrite?.bearerToken == "hush")
        #expect(settings.remoteWrite?.headers.first?.value == "hush")
        let shown = settings.effective.filter { $0.key.hasPrefix("remote_write.") }
        #expect(shown.count == 6)
        #expect(shown.allSatisfy { !$0.text.contains("hush") })
    }

    @Test(arguments: [
        (
            "URL", "ftp://hush",
            "remote_write.url is wrong; wanted a URL such as http://prometheus:9090/api/v1/write"
        ),
        (
            "HEADERS", "X-Key",
            "remote_write.headers is wrong; wanted a list such as [\"X-Scope-OrgID: team\"]"
        ),
        (
            "HEADERS", "X Key: hush",
            "remote_write.headers is wrong; wanted a list such as [\"X-Scope-OrgID: team\"]"
        ),
        (
            "LABELS", "job", "remote_write.labels is 'job'; wanted a list such as [job=spanmeter, cluster=eu]"
        ),
        (
            "LABELS", "__name__=x",
            "remote_write.labels is '__name__=x'; wanted a list such as [job=spanmeter, cluster=eu]"
        ),
        (
            "LABELS", "1a=x",
            "remote_write.labels is '1a=x'; wanted a list such as [job=spanmeter, cluster=eu]"
        ),
    ])
    func `what cannot be sent is a problem that shows no secret`(name: String, text: String, message: String)
        throws
    {
        let variable = "SPANMETER_REMOTE_WRITE_\(name)"
        #expect(try problems(environment: [variable: text]) == ["\(variable): \(message)"])
    }

    @Test func `a token is given once`() throws {
        let file = "remote_write: { url: http://p, bearer_token: a, bearer_token_file: b }"
        #expect(
            try problems(file: file) == [
                "spanmeter.yaml:1: remote_write.bearer_token and remote_write.bearer_token_file are both set; "
                    + "wanted one of them"
            ])
    }
}
