/// Keys that the comparisons ask for.
enum OracleKeys {
    /// Keys of the captured clients: of spans, scopes and resources, of every kind of value.
    static let captured: [String] = [
        "service.name", "service.version", "telemetry.sdk.language", "pytest.nodeid", "code.filepath",
        "skill.name", "token_input", "confidence", "http.route", "gen_ai.request.model", "rf.test.tags",
        "exception.message", "http.response.status_code", "no.such.key", "tests.status",
        "gen_ai.input.messages",
    ]
}
