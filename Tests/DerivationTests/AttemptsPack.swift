import Packs

/// A pack that counts spans of two tools by comparing texts and by labels of the scope.
enum AttemptsPack {
    static let source = PackSource(
        file: "attempts.yaml",
        text: """
            pack: attempts
            meters:
              - meter: by-id
                on: has(pytest.nodeid) and span.name == pytest.nodeid
                labels: { suite: code.filepath }
                counters: &attempts { attempts_total: 1 }
              - meter: by-name
                on: { all: [has(tests.status), { span.name: "Running *" }] }
                labels: { suite: scope.name }
                counters: *attempts
            """)
}
