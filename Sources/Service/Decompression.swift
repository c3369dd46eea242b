import NIOCore

/// Decompression for callers that are no receivers.
package enum Decompression {
    /// Why a body could not be decompressed; `description` is ready to be shown.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Decompresses a whole gzip body, one member or several.
    ///
    /// - Throws: `Failure` for bytes that are not gzip or make more than `byteCountMax` bytes.
    package static func gunzip(_ body: [UInt8], byteCountMax: Int) throws(Failure) -> [UInt8] {
        var limits = ServiceLimits()
        limits.bufferedByteCountMax = byteCountMax * 2
        var charge = RequestCharge(Admission(limits))
        var output = ByteBuffer()
        do {
            try Gunzip().inflate(
                ByteBuffer(bytes: body), into: &output, byteCountMax: byteCountMax, charge: &charge)
        } catch {
            switch error {
            case .corrupt(let reason): throw Failure(description: "is no gzip: \(reason)")
            case .tooLarge, .refused:
                throw Failure(description: "decompresses to more than \(byteCountMax) bytes")
            }
        }
        return Array(output.readableBytesView)
    }
}
