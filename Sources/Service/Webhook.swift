import Bytes
import Crypto
import Foundation
import Synchronization

/// Checks deliveries of a webhook: signed with the secret, and none of them twice.
///
/// A delivery is known by its id and by its signature, because the id is not signed. So many are remembered, over
/// restarts, too; a repeat of an older one has the repository looked at, which changes nothing.
final class Webhook: Sendable {
    enum Verdict: Equatable {
        /// It is right, and of this event.
        case accepted(event: String)
        case unsigned
        case wrongSignature
        case repeated
    }

    /// What of a request's head matters.
    struct Claim: Equatable {
        var signature: String?
        var delivery: String?
        var event: String?
    }

    /// Checks one body as it comes.
    struct Check {
        fileprivate var hash: HMAC<SHA256>
        private(set) var byteCount = 0

        mutating func add(_ bytes: some DataProtocol) {
            byteCount += bytes.count
            hash.update(data: bytes)
        }
    }

    /// Of a body: what is larger GitHub does not send.
    static let byteCountMax = 25 << 20
    static let rememberedCountMax = 1_000
    private static let idByteCountMax = 128

    private let key: SymmetricKey
    private let seen: Mutex<[String]>

    /// - Parameter seen: what `remembered` was before the restart.
    init(secret: String, seen: [String]) {
        key = SymmetricKey(data: Data(secret.utf8))
        self.seen = Mutex(seen.suffix(Self.rememberedCountMax))
    }

    func check() -> Check { Check(hash: HMAC<SHA256>(key: key)) }

    /// Judges a delivery whose body has been added to `check`.
    func judge(_ claim: Claim, _ check: Check) -> Verdict {
        guard let signature = claim.signature, let delivery = claim.delivery, !delivery.isEmpty,
            delivery.utf8.count <= Self.idByteCountMax, let event = claim.event
        else { return .unsigned }
        guard let digest = Self.digest(signature) else { return .wrongSignature }
        let code = check.hash.finalize()
        // Compares in constant time.
        guard code == digest else { return .wrongSignature }
        // A ping says nothing, so it may say it again.
        if event == "ping" { return .accepted(event: event) }
        let signed = code.map { String($0, radix: 16) }.joined(separator: ".")
        return seen.withLock { seen in
            if seen.contains(delivery) || seen.contains(signed) { return .repeated }
            seen += [delivery, signed]
            if seen.count > Self.rememberedCountMax { seen.removeFirst(seen.count - Self.rememberedCountMax) }
            return .accepted(event: event)
        }
    }

    /// The bytes of `sha256=` and 64 digits; nil for anything else.
    private static func digest(_ text: String) -> Data? {
        guard text.hasPrefix("sha256=") else { return nil }
        let digits = Array(text.utf8.dropFirst("sha256=".utf8.count))
        guard digits.count == 2 * SHA256.byteCount else { return nil }
        var bytes = Data(capacity: SHA256.byteCount)
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = hexValue(digits[place]), let low = hexValue(digits[place + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    // MARK: Keeping

    /// What is remembered, oldest first.
    var remembered: [String] { seen.withLock { $0 } }

    /// ```
    /// deliveries = version count text*
    /// ```
    static func encode(_ seen: [String]) -> [UInt8] {
        var writer = ByteWriter(capacity: 1 << 10)
        writer.byte(1)
        writer.varint(seen.count)
        for text in seen { writer.text(text) }
        return writer.bytes
    }

    /// None where the bytes are of another version.
    static func decode(_ bytes: RawSpan) -> [String] {
        var reader = ByteReader(bytes)
        var seen: [String] = []
        do throws(ByteReaderError) {
            guard try reader.byte(bytes) == 1 else { return [] }
            for _ in 0..<(try reader.number(below: bytes.byteCount + 1, bytes)) {
                let range = try reader.text(bytes)
                seen.append(
                    String(decoding: bytes.extracting(range).withUnsafeBytes { [UInt8]($0) }, as: UTF8.self))
            }
        } catch {
            return []
        }
        return seen
    }
}
