import ArgumentParser
import Bytes
import Configuration
import Derivation
import MetricModel
import OTLP
import Packs
import Service

/// `spanmeter explain`: shows what captured spans would become, without serving.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show which metrics captured spans become, and why.",
        discussion: """
            Reads captured request bodies as 'spanmeter replay' does, derives metrics with your configuration and \
            packs, and prints for each span the meters that took it, or what was missing. Nothing is sent or kept.

              spanmeter explain captures/run01
              spanmeter explain --config ci/spanmeter.yaml captures/run01/000.bin
            """
    )

    @OptionGroup var file: ConfigurationFileFlag

    @Argument(help: ArgumentHelp("Captured bodies, or directories of them.", valueName: "PATH"))
    var paths: [String]

    func run() async throws {
        let settings = try file.settings()
        let found = try CaptureFinder.captures(at: paths)
        try explain(found.captures, settings)
    }
}

/// Prints what the spans of `captures` become.
private func explain(_ captures: [Capture], _ settings: Settings) throws {
    let packs = try LoadedPacks.all(settings)
    let program = Program(packs)
    var deriver = Deriver(
        program: program, hash: ByteHash(seed: 0), valueByteCountMax: settings.limits.labelValueBytes
    )
    for capture in captures {
        print("\(capture.path):")
        var body = try capture.body()
        if body.starts(with: [0x1F, 0x8B]) { body = try inflated(body, capture.path, settings) }
        do {
            for (number, span) in try deriver.explain(body.span.bytes).enumerated() {
                explain(span, number: number + 1, packs)
            }
        } catch {
            throw CommandError(.failure, "\(capture.path): \(error)", cause: error)
        }
    }
}

private func explain(_ span: FoldSpan, _ packs: PackSet) {
    let fold = packs.folds.first { $0.name == span.fold }
    let role =
        switch span.role {
        case .test: "a case"
        case .phase: "phase \(fold?.phases[Int(span.phase)] ?? "?") of a case"
        case .container: "a run, or a part of one"
        }
    print("    fold \(span.fold): \(role)")
    for field in FoldField.allCases {
        if let text = span.texts[field] { print("      \(field): \(text)") }
        if let number = span.numbers[field] { print("      \(field): \(number)") }
    }
    for failure in span.failures { print("      failure: \(failure.pattern)") }
}

private func inflated(_ body: [UInt8], _ path: String, _ settings: Settings) throws(CommandError) -> [UInt8] {
    do {
        return try Decompression.gunzip(body, byteCountMax: settings.limits.requestBytes)
    } catch {
        throw CommandError(.failure, "\(path): \(error)", cause: error)
    }
}

/// Prints one span: the meters that took it with their series, or what each pack would have wanted.
private func explain(_ span: SpanExplanation, number: Int, _ packs: PackSet) {
    print("  span \(number) '\(span.name)' (\(span.kind), \(span.status))")
    if let defect = span.defect {
        print("    malformed, not counted: \(defect.rawValue)")
        return
    }
    for match in span.matches {
        print("    \(match.meter)")
        for series in match.series { print("      \(series)") }
        for reason in match.refusals { print("      a value was refused: \(reason)") }
    }
    if let fold = span.fold { explain(fold, packs) }
    for pack in packs.packs {
        if pack.folds.contains(where: { $0.name == span.fold?.fold }) { continue }
        let meters = pack.meters.filter { $0.source == .spans }
        let names = Set(meters.map(\.name))
        if span.matches.contains(where: { names.contains($0.meter) }) { continue }
        let fields = pack.fields.map(\.name)
        let wanted =
            meters.map { (name: $0.name, text: $0.selector.text(fields: fields)) }
            + pack.folds.flatMap { fold in
                fold.roles.map { (name: "fold \(fold.name)", text: $0.selector.text(fields: fields)) }
            }
        if wanted.isEmpty { continue }
        print("    ignored by \(pack.name); it wants one of:")
        var seen: Set<String> = []
        for one in wanted where seen.insert(one.text).inserted { print("      \(one.name): \(one.text)") }
    }
}
