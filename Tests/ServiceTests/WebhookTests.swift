import Crypto
import Foundation
import Testing

@testable import Service

@Suite struct WebhookTests {
    private static let secret = "It's a Secret to Everybody"
    /// The vector of GitHub's own documentation.
    private static let body = "Hello, World!"
    private static let signature =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    private static func judge(
        _ webhook: Webhook, _ body: String = body, signature: String? = signature, delivery: String? = "1",
        event: String? = "push"
    ) -> Webhook.Verdict {
        var check = webhook.check()
        // As it comes over a connection.
        for byte in body.utf8 { check.add([byte]) }
        return webhook.judge(
            Webhook.Claim(signature: signature, delivery: delivery, event: event), check)
    }

    private static func signature(of body: String) -> String {
        let key = SymmetricKey(data: Data(secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: key)
        return "sha256=" + code.map { String(format: "%02x", $0) }.joined()
    }

    @Test func `a delivery that is signed with the secret is accepted`() {
        #expect(Self.judge(Webhook(secret: Self.secret, seen: [])) == .accepted(event: "push"))
        let upper = Self.signature.uppercased().replacing("SHA256=", with: "sha256=")
        #expect(
            Self.judge(Webhook(secret: Self.secret, seen: []), signature: upper) == .accepted(event: "push"))
    }

    @Test(arguments: [
        "", "sha256=", "sha256=00", String(signature.dropLast()), signature + "0",
        "sha1=" + signature.dropFirst(7),
        String(signature.dropLast()) + "8", String(signature.dropLast()) + "g",
        String(signature.dropFirst(7)),
    ])
    func `any other signature is refused`(signature: String) {
        let webhook = Webhook(secret: Self.secret, seen: [])
        #expect(Self.judge(webhook, signature: signature) == .wrongSignature)
        // And takes no id away from the right one.
        #expect(Self.judge(webhook) == .accepted(event: "push"))
    }

    @Test func `another secret, another body and missing headers are refused`() {
        #expect(Self.judge(Webhook(secret: "other", seen: [])) == .wrongSignature)
        let webhook = Webhook(secret: Self.secret, seen: [])
        #expect(Self.judge(webhook, Self.body + " ") == .wrongSignature)
        #expect(Self.judge(webhook, signature: nil) == .unsigned)
        #expect(Self.judge(webhook, delivery: nil) == .unsigned)
        #expect(Self.judge(webhook, delivery: "") == .unsigned)
        #expect(Self.judge(webhook, delivery: String(repeating: "1", count: 129)) == .unsigned)
        #expect(Self.judge(webhook, event: nil) == .unsigned)
    }

    @Test func `a delivery is taken once, by its id and by its signature, over a restart too`() {
        let webhook = Webhook(secret: Self.secret, seen: [])
        #expect(Self.judge(webhook) == .accepted(event: "push"))
        #expect(Self.judge(webhook) == .repeated)
        #expect(Self.judge(webhook, delivery: "2") == .repeated)
        #expect(Self.judge(webhook, "other", signature: Self.signature(of: "other")) == .repeated)
        let bytes = Webhook.encode(webhook.remembered)
        let next = Webhook(secret: Self.secret, seen: Webhook.decode(bytes.span.bytes))
        #expect(Self.judge(next, delivery: "2") == .repeated)
        #expect(
            Self.judge(next, "other", signature: Self.signature(of: "other"), delivery: "3")
                == .accepted(event: "push"))
    }

    @Test func `so many are remembered, and pings not at all`() {
        let webhook = Webhook(secret: Self.secret, seen: [])
        #expect(Self.judge(webhook, event: "ping") == .accepted(event: "ping"))
        #expect(Self.judge(webhook, event: "ping") == .accepted(event: "ping"))
        #expect(webhook.remembered == [])
        for number in 0..<Webhook.rememberedCountMax {
            let body = "body \(number)"
            #expect(
                Self.judge(webhook, body, signature: Self.signature(of: body), delivery: "d\(number)")
                    == .accepted(event: "push"))
        }
        #expect(webhook.remembered.count == Webhook.rememberedCountMax)
        #expect(Webhook.decode(Webhook.encode(webhook.remembered).span.bytes) == webhook.remembered)
        #expect(Webhook.decode([2, 1].span.bytes) == [])
        #expect(Webhook.decode([1, 0xFF].span.bytes) == [])
        #expect(Webhook.decode([UInt8]().span.bytes) == [])
    }
}
