import Foundation

/// Texts for the person at the terminal: results on stdout, progress on stderr.
enum Report {
    static func progress(_ text: String) {
        FileHandle.standardError.write(Data("  \(text)\n".utf8))
    }

    static func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    static func megabytes(_ bytes: Int) -> String {
        fixed(Double(bytes) / 1e6, 1) + " MB"
    }

    static func print(_ figures: RunFigures) {
        let counts = figures.counts
        let page = figures.lastScrape
        let cpu = figures.cpu
        let perMillion = fixed(figures.cpuPerMillion, 3)
        let split = "\(fixed(cpu.user, 2)) s user, \(fixed(cpu.system, 2)) s system"
        line("CPU", "\(perMillion) s per million spans (\(split) for \(counts.acknowledgedSpans) spans)")
        let rate = "\(fixed(figures.spansPerSecond, 0)) spans/s for \(fixed(figures.seconds, 1)) s"
        line("rate", "\(rate); the generator spent \(fixed(figures.ownCPUSeconds, 2)) CPU-s")
        let p50 = fixed(counts.latency(atShare: 0.5), 2)
        line("answers", "p50 \(p50) ms, p99 \(fixed(counts.latency(atShare: 0.99), 2)) ms")
        let memory = figures.memory
        line("memory", "\(megabytes(memory.peak)) peak, \(megabytes(memory.current)) now")
        let size = "\(page.lineCount) lines, \(page.byteCount) bytes, \(fixed(page.seconds * 1_000, 1)) ms"
        line("scrape", "\(size); \(figures.scrapeCount) during the measurement")
        let verdict = figures.isExact ? "equal" : "NOT EQUAL"
        let share = "\(figures.countedSpans) of \(figures.acknowledgedSpans) acknowledged spans"
        line("counted", "\(share): \(verdict)")
        let others = counts.others.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
        line("other answers", others.isEmpty ? "none" : others.joined(separator: ", "))
        if counts.rejectedSpans > 0 { line("rejected", "\(counts.rejectedSpans) spans by partial success") }
    }

    /// One indented line of a run's result: what, and how much.
    static func line(_ name: String, _ text: String) {
        Swift.print("  " + name.padding(toLength: 15, withPad: " ", startingAt: 0) + text)
    }

    static func print(_ figures: RenderFigures) {
        let page = "\(figures.lineCount) lines (\(figures.byteCount) bytes)"
        let median = fixed(figures.medianSeconds * 1_000, 1)
        let cost = fixed(figures.nanosecondsPerLine, 1)
        line("rendering", "\(cost) CPU-ns a line: \(figures.scrapes) scrapes of \(page), median \(median) ms")
    }

    static func printMedian(_ runs: [RunFigures]) {
        func median(_ value: (RunFigures) -> Double) -> Double {
            runs.map(value).sorted()[runs.count / 2]
        }
        let cpu = fixed(median(\.cpuPerMillion), 3)
        let rate = fixed(median(\.spansPerSecond), 0)
        let p99 = fixed(median { $0.counts.latency(atShare: 0.99) }, 2)
        let peak = fixed(median { Double($0.memory.peak) } / 1e6, 1)
        Swift.print(
            "median of \(runs.count): \(cpu) CPU-s per million spans, \(rate) spans/s, p99 \(p99) ms, peak \(peak) MB"
        )
    }
}
