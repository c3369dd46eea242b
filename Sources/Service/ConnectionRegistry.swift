import NIOCore
import Synchronization

/// The open connections of some listeners, so that they can be told to finish.
final class ConnectionRegistry: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isQuiescing = false
        var empty: [EventLoopPromise<Void>] = []
    }

    private let state = Mutex(State())

    /// Takes a connection in; false when it comes too late.
    func add(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard !state.isQuiescing else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    /// Forgets a connection that is closed.
    func remove(_ channel: any Channel) {
        let empty = state.withLock { state -> [EventLoopPromise<Void>] in
            state.channels[ObjectIdentifier(channel)] = nil
            guard state.channels.isEmpty else { return [] }
            defer { state.empty = [] }
            return state.empty
        }
        for promise in empty { promise.succeed() }
    }

    /// Tells every connection to finish its requests and close, waits for that, and closes what is left after
    /// `grace`.
    ///
    /// - Returns: how many were left.
    func quiesce(grace: TimeAmount, on eventLoop: any EventLoop) async -> Int {
        let done = eventLoop.makePromise(of: Void.self)
        let channels = state.withLock { state in
            state.isQuiescing = true
            if !state.channels.isEmpty { state.empty.append(done) }
            return Array(state.channels.values)
        }
        if channels.isEmpty {
            done.succeed()
        } else {
            for channel in channels {
                channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        }
        let timeout = eventLoop.scheduleTask(in: grace) { done.succeed() }
        try? await done.futureResult.get()
        timeout.cancel()
        let left = state.withLock { state in
            state.empty = []
            return Array(state.channels.values)
        }
        for channel in left { try? await channel.close() }
        return left.count
    }
}
