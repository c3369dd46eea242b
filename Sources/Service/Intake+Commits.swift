import Configuration
import Dedupe
import Ledger
import NIOCore
import NIOPosix
import OTLP
import Registry
import Synchronization

/// What the committing thread does: all that waits goes into transactions, then into the series, then answers go
/// out.
extension Intake {
    /// A second in all, so that a stop stays short.
    private static let lastTryCount = 5
    private static let lastTryPause = Duration.milliseconds(200)

    func commitAll() {
        while let group = takeGroup() {
            let started = NIODeadline.now()
            do throws(StoreError) {
                try commit(group)
                figures.recordCommit(
                    seconds: Double((NIODeadline.now() - started).nanoseconds) / 1e9,
                    byteCount: group.reduce(0) { $0 + $1.recordByteCount })
                settle(group)
                keeper.decideReady(self, at: clock())
            } catch {
                figures.recordFailure()
                if durability == .relaxed { putBack(group, error) } else { giveUp(group, error) }
                return
            }
        }
    }

    private func takeGroup() -> [IntakeEntry]? {
        state.withLock { state in
            let group = state.queue.takeGroup(byteCountMax: Self.groupByteCountMax)
            if group.isEmpty { state.isCommitting = false }
            return group.isEmpty ? nil : group
        }
    }

    private func commit(_ group: [IntakeEntry]) throws(StoreError) {
        let kept = group.filter { !$0.isEmpty }
        guard let store else {
            for entry in kept { keeper.apply(entry, sequence: nil) }
            return
        }
        if kept.isEmpty { return }
        let entries = kept.map {
            JournalEntry(record: $0.envelope, keys: $0.keys, arrival: Int64(bitPattern: $0.arrival))
        }
        let numbers = try store.append(entries) { db in
            for entry in kept { try entry.decision?.plan.write(db) }
        }
        for (entry, number) in zip(kept, numbers) {
            registry.apply(entry.record, sequence: UInt64(number))
            keeper.apply(entry, sequence: UInt64(number))
        }
    }

    private func settle(_ group: [IntakeEntry]) {
        let hadFailed = state.withLock { state in
            let hadFailed = state.failure != nil
            state.failure = nil
            state.settledEnd = group.last?.keysEnd ?? state.settledEnd
            state.keyMarks.add(end: state.settledEnd, sequence: store?.lastSequence ?? 0)
            return hadFailed
        }
        if hadFailed { failed(nil) }
        answer(group, failure: nil)
    }

    /// Forgets a group that could not be committed, and all that waits behind it: its records may build on
    /// those that are lost.
    private func giveUp(_ group: [IntakeEntry], _ error: StoreError) {
        let (all, isNew) = state.withLock { state in
            let all = group + state.queue.removeAll()
            let isNew = state.failure == nil
            state.window.rollBack(to: state.settledEnd)
            registry.rollBack()
            state.failure = error
            state.isCommitting = false
            return (all, isNew)
        }
        if isNew { failed(error) }
        answer(all, failure: unavailable(error))
    }

    /// Keeps a group that could not be committed for the next try.
    private func putBack(_ group: [IntakeEntry], _ error: StoreError) {
        let (waiters, isNew) = state.withLock { state in
            state.queue.putBack(group)
            let waiters = state.queue.takeWaiters()
            let isNew = state.failure == nil
            state.failure = error
            state.isCommitting = false
            return (waiters, isNew)
        }
        if isNew { failed(error) }
        for waiter in waiters { waiter() }
    }

    private func answer(_ group: [IntakeEntry], failure: ExportOutcome?) {
        var batch = AnswerBatch()
        for entry in group {
            if let answer = entry.answer { batch.add(answer.to, answer.outcome) }
        }
        if !batch.isEmpty { batch.deliver(insteadOfAll: failure) }
        for entry in group { entry.settled?() }
    }

    /// Commits all that waits, and tries again for a moment where that fails: with `relaxed` it is acknowledged.
    func finish() async {
        for _ in 0..<Self.lastTryCount {
            try? await thread.runIfActive { self.commitAll() }
            if state.withLock({ $0.queue.isEmpty }) { return }
            try? await Task.sleep(for: Self.lastTryPause)
        }
    }

    /// Tries whether the store works again, after a failure; on the committing thread.
    func probe() {
        guard let store, state.withLock({ $0.failure != nil && $0.queue.isEmpty }) else { return }
        let time = UInt64(NIODeadline.now().uptimeNanoseconds)
        do throws(StoreError) {
            try store.checkpoint { slice in
                var value = time
                try withUnsafeBytes(of: &value) { try slice.set("probe", $0.bytes) }
            }
        } catch {
            return
        }
        let hadFailed = state.withLock { state in
            defer { state.failure = nil }
            return state.failure != nil
        }
        if hadFailed { failed(nil) }
    }
}
