import NIOCore
import NIOHTTP1

/// Requests about skills, which have a body and may wait for a look into the repository.
extension ScrapeHandler {
    func receive(_ buffer: ByteBuffer, context: ChannelHandlerContext) {
        guard case .posting(let head, var request, let byteCount) = phase, let door = service.skills else {
            return
        }
        let count = byteCount + buffer.readableBytes
        guard count <= request.byteCountMax else {
            door.refuse(request)
            // What is still to come is not read.
            isKeepAlive = false
            return write(
                .payloadTooLarge, type: ScrapeRoute.textType,
                text: "the body is larger than \(request.byteCountMax) bytes\n", version: head.version,
                isHead: false, context: context)
        }
        if case .webhook(let claim, var check) = request {
            buffer.withUnsafeReadableBytes { check.add($0) }
            request = .webhook(claim, check)
        }
        phase = .posting(head, request, count)
    }

    /// Answers a request whose body is there.
    func answer(
        _ head: HTTPRequestHead, _ request: SkillDoor.Request, _ door: SkillDoor,
        context: ChannelHandlerContext
    ) {
        switch door.answer(request) {
        case .now(let status, let text):
            write(
                status, type: ScrapeRoute.textType, text: text, version: head.version, isHead: false,
                context: context)
        case .look:
            phase = .looking(head)
            setDeadline(limits.lookDeadline)
            let number = requestCount
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            let eventLoop = context.eventLoop
            door.watch.look { outcome in
                eventLoop.execute { handler.value.looked(outcome, number) }
            }
        }
    }

    private func looked(_ outcome: SkillWatch.Outcome, _ number: Int) {
        guard let context, case .looking(let head) = phase, number == requestCount else { return }
        if isDraining { isKeepAlive = false }
        switch outcome {
        case .success(let count):
            write(
                .ok, type: ScrapeRoute.textType, text: "new changes: \(count)\n", version: head.version,
                isHead: false, context: context)
        case .failure(let failure):
            write(
                .serviceUnavailable, type: ScrapeRoute.textType, text: "\(failure.reason)\n",
                version: head.version, isHead: false, context: context)
        }
    }
}
