/// Estimates how many distinct hashes it was shown, in 1 KiB, with a standard error of 3.3 %.
///
/// Source: Flajolet, Fusy, Gandouet, Meunier (2007), with linear counting for small counts.
struct HyperLogLog {
    private static let bits = 10
    private var registers = [UInt8](repeating: 0, count: 1 << bits)

    mutating func add(_ hash: UInt64) {
        // The table's hash spends its low bits on positions; mix before taking registers from it.
        let mixed = (hash ^ (hash &>> 32)) &* 0x9E37_79B9_7F4A_7C15
        let slot = Int(mixed &>> UInt64(64 - Self.bits))
        let rank = UInt8(min(54, (mixed &<< UInt64(Self.bits)).leadingZeroBitCount) + 1)
        if rank > registers[slot] { registers[slot] = rank }
    }

    var estimate: Double {
        let count = Double(registers.count)
        var sum = 0.0
        var zeros = 0
        for register in registers {
            sum += Double(sign: .plus, exponent: -Int(register), significand: 1)
            if register == 0 { zeros += 1 }
        }
        let raw = 0.7213 / (1 + 1.079 / count) * count * count / sum
        return raw <= 2.5 * count && zeros > 0 ? count * Logarithm.natural(count / Double(zeros)) : raw
    }
}

/// The natural logarithm without Foundation.
private enum Logarithm {
    /// By the series of artanh; exact to about 1e-15 for positive finite `value`.
    static func natural(_ value: Double) -> Double {
        let significand = value.significand
        let ratio = (significand - 1) / (significand + 1)
        var power = ratio
        var sum = 0.0
        var term = 1.0
        while term < 60 {
            sum += power / term
            power *= ratio * ratio
            term += 2
        }
        return 2 * sum + Double(value.exponent) * 0.693147180559945309417232121458
    }
}
