/// Numbers as Prometheus reads and writes them.
enum NumberText {
    /// The number that a literal means: decimal, hexadecimal, octal with a leading 0, `Inf`, `NaN`.
    /// - Returns: Nil if it is none, or too large for 64 bits of floating point.
    static func value(of literal: String) -> Double? {
        // The scanner has seen to the other underscores.
        if literal.hasSuffix("_") { return nil }
        let text = literal.lowercased().filter { $0 != "_" }
        if text == "inf" { return .infinity }
        if text == "nan" { return .nan }
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map(Double.init) }
        if text.count > 1, text.hasPrefix("0"), let octal = Int64(text, radix: 8) { return Double(octal) }
        // Swift wants digits on both sides of the dot.
        let mantissa = text.prefix { $0 != "e" }
        let exponent = text.dropFirst(mantissa.count)
        guard exponent.isEmpty || exponent.last?.isNumber == true else { return nil }
        let whole = mantissa.hasPrefix(".") ? "0\(mantissa)" : String(mantissa)
        guard let value = Double((whole.hasSuffix(".") ? whole + "0" : whole) + exponent) else { return nil }
        return value.isFinite ? value : nil
    }

    /// The shortest text that reads as the same number.
    static func canonical(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "Inf" }
        let text = number.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
