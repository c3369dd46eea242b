import Foundation
import Glibc
import NIOCore
import NIOPosix
import Traffic

/// One run of the load against one server.
struct Run {
    let plan: Plan
    let server: Server
    let group: MultiThreadedEventLoopGroup
    private let templates: [RequestTemplate]
    private let seed = UInt64.random(in: .min ... .max)

    init(plan: Plan, server: Server, group: MultiThreadedEventLoopGroup) {
        self.plan = plan
        self.server = server
        self.group = group
        templates = RequestTemplate.all(batch: plan.batch, isTest: !plan.isOrdinary)
    }

    /// Bytes of a request before compression.
    var requestByteCount: Int { templates[0].bytes.count }

    func scrape() async throws -> Scrape {
        try await Scrape.read(
            server.metrics.address, host: server.metrics.text, counter: plan.counter, group: group
        )
    }

    /// Warms up, measures, and waits until the counter has settled.
    func measure() async throws -> RunFigures {
        let process = ProcessReading(processID: server.processID)
        let before = try await scrape().spanSum
        let lanes = try await makeLanes()
        var warmupSpans = 0
        if plan.warmupSpans > 0 {
            let tally = Tally()
            _ = try await phase(lanes, spans: plan.warmupSpans, seconds: nil, tally: tally)
            warmupSpans = tally.counts.acknowledgedSpans
        }

        let tally = Tally()
        let ownBefore = clock()
        let cpuBefore = try process.cpu()
        let began = NIODeadline.now()
        let scrapeCount = try await phase(lanes, spans: plan.spans, seconds: plan.seconds, tally: tally)
        let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
        let cpu = try process.cpu() - cpuBefore
        let ownCPU = Double(clock() - ownBefore) / Double(CLOCKS_PER_SEC)
        for lane in lanes { lane.eventLoop.execute { lane.value.close() } }

        let counts = tally.counts
        let acknowledged = warmupSpans + counts.acknowledgedSpans
        let last = try await settledScrape(expected: before + Double(acknowledged))
        return RunFigures(
            counts: counts,
            acknowledgedSpans: acknowledged,
            seconds: seconds,
            cpu: cpu,
            ownCPUSeconds: ownCPU,
            memory: try process.memory(),
            scrapeCount: scrapeCount,
            lastScrape: last,
            countedSpans: Int(last.spanSum - before)
        )
    }

    /// Scrapes until the counter shows `expected` or 15 s have passed: a new series shows 0 at first.
    private func settledScrape(expected: Double) async throws -> Scrape {
        let deadline = NIODeadline.now() + .seconds(15)
        while true {
            let last = try await scrape()
            if last.spanSum >= expected || NIODeadline.now() > deadline { return last }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    private func makeLanes() async throws -> [NIOLoopBound<Lane>] {
        var lanes: [NIOLoopBound<Lane>] = []
        for number in 0..<plan.connections {
            let loop = group.next()
            lanes.append(try await loop.submit { makeLane(number, loop: loop) }.get())
        }
        return lanes
    }

    private func makeLane(_ number: Int, loop: any EventLoop) -> NIOLoopBound<Lane> {
        let interval = plan.rate.map {
            TimeAmount.nanoseconds(Int64(plan.batch * plan.connections) * 1_000_000_000 / Int64($0))
        }
        let lane = Lane(
            loop: loop,
            source: RequestSource(
                templates: templates, connection: number, run: seed, isGzipped: plan.isGzipped
            ),
            batch: plan.batch,
            outstanding: plan.outstanding,
            interval: interval
        ) { [server, plan] lane in
            switch plan.wire {
            case .http:
                HTTPTransport.connect(
                    to: server.otlp.address, host: server.otlp.text, isGzipped: plan.isGzipped, lane: lane
                )
            case .grpc:
                GRPCTransport.connect(
                    to: server.otlp.address, host: server.otlp.text, isGzipped: plan.isGzipped, lane: lane
                )
            }
        }
        return NIOLoopBound(lane, eventLoop: loop)
    }

    /// Lets all lanes send, and scrapes meanwhile.
    ///
    /// - Returns: how many scrapes fell into the phase.
    private func phase(
        _ lanes: [NIOLoopBound<Lane>], spans: Int?, seconds: Int?, tally: Tally
    ) async throws -> Int {
        let deadline = seconds.map { NIODeadline.now() + .seconds(Int64($0)) } ?? .distantFuture
        let budget = Budget(spans: spans, deadline: deadline, batch: plan.batch)
        let stalled = group.any().makePromise(of: Void.self)
        let interval = plan.rate.map { Double(plan.batch) / Double($0) } ?? 0
        let done = lanes.enumerated().map { number, lane in
            let promise = lane.eventLoop.makePromise(of: Void.self)
            let delay = TimeAmount.nanoseconds(Int64(interval * Double(number) * 1e9))
            lane.eventLoop.execute { lane.value.run(budget, tally: tally, delay: delay, done: promise) }
            return promise.futureResult
        }
        EventLoopFuture.andAllSucceed(done, on: group.any()).cascade(to: stalled)
        return try await withThrowingTaskGroup(of: Int.self) { tasks in
            tasks.addTask { try await observe(tally, stalled: stalled) }
            try await stalled.futureResult.get()
            tasks.cancelAll()
            return try await tasks.next() ?? 0
        }
    }

    /// Scrapes in regular intervals until it is cancelled, and fails `stalled` after a minute without answers.
    private func observe(_ tally: Tally, stalled: EventLoopPromise<Void>) async throws -> Int {
        let process = ProcessReading(processID: server.processID)
        let began = NIODeadline.now()
        var scrapes = 0
        var answers = (count: 0, at: began)
        while true {
            do {
                try await Task.sleep(for: .seconds(plan.scrapeEvery))
            } catch {
                return scrapes
            }
            let counts = tally.counts
            let count = counts.latencies.count + counts.failedRequests
            if count > answers.count { answers = (count, .now()) }
            if NIODeadline.now() - answers.at > .seconds(60) {
                stalled.fail(LoadError("no answer for 60 s; so far: \(counts.others)"))
                return scrapes
            }
            do {
                let page = try await scrape()
                scrapes += 1
                let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
                let memory = try process.memory()
                Report.progress(
                    "\(Report.fixed(seconds, 0)) s: \(counts.acknowledgedSpans) spans, "
                        + "\(Report.megabytes(memory.current)); scrape of \(page.lineCount) lines took "
                        + "\(Report.fixed(page.seconds * 1_000, 0)) ms"
                )
            } catch {
                Report.progress("scrape failed: \(error)")
            }
        }
    }
}
