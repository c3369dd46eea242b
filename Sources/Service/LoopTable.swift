import NIOCore
import NIOPosix

/// The resources of each event loop.
struct LoopTable: Sendable {
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<LoopResources>]

    /// Makes the resources of every loop of `group`.
    init(_ group: MultiThreadedEventLoopGroup) {
        var boxes: [ObjectIdentifier: NIOLoopBoundBox<LoopResources>] = [:]
        for loop in group.makeIterator() {
            boxes[ObjectIdentifier(loop)] = .makeBoxSendingValue(LoopResources(), eventLoop: loop)
        }
        self.boxes = boxes
    }

    /// Called on `loop`.
    subscript(loop: any EventLoop) -> LoopResources {
        boxes[ObjectIdentifier(loop)]?.value ?? LoopResources()
    }
}
