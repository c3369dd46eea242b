import Statistics

/// A line of a script: the name of a formula and its numbers.
struct Question {
    private let name: String
    private let numbers: [Double]

    init(_ line: String) {
        let words = line.split(separator: " ")
        name = words.first.map(String.init) ?? ""
        numbers = words.dropFirst().compactMap { Double($0) }
    }

    /// The formula's results, or `?`.
    var answer: String { results?.map { "\($0)" }.joined(separator: " ") ?? "?" }

    private var results: [Double]? {
        switch (name, numbers.count) {
        case ("two_proportion", 4):
            return TwoProportions(pass(0), pass(2)).map {
                [$0.z, $0.pValue, $0.difference, $0.interval.low, $0.interval.high]
            }
        case ("fisher", 4): return [FisherTest.pValue(pass(0), pass(2))]
        case ("mcnemar", 2):
            let test = McNemarTest(onlyFirst: Int(numbers[0]), onlySecond: Int(numbers[1]))
            return [test.exactPValue, test.correctedPValue]
        case ("srm", 2...): return SampleRatio.pValue(numbers.map { Int($0) }).map { [$0] }
        case ("shares", 4...):
            let half = numbers.count / 2
            return SampleRatio.pValue(
                numbers.prefix(half).map { Int($0) }, shares: Array(numbers.suffix(half))
            ).map { [$0] }
        case ("power", 4):
            return [ProportionPower(Int(numbers[2]), Int(numbers[3])).power(numbers[0], numbers[1])]
        case ("count", 2): return [Double(ProportionPower.count(numbers[0], numbers[1]))]
        case ("mde", 3):
            let power = ProportionPower(Int(numbers[1]), Int(numbers[2]))
            return power.smallestDifference(from: numbers[0]).map { [$0] }
        case ("wilson", 2):
            return Wilson.interval(Int(numbers[0]), of: Int(numbers[1])).map { [$0.low, $0.high] }
        case ("point", 1): return [Normal.point(upperTail: numbers[0])]
        case ("sequential", 4):
            let test = SequentialTest(tunedCount: Int(numbers[3]))
            let (difference, error, count) = (numbers[0], numbers[1], Int(numbers[2]))
            return [
                test.pValue(difference: difference, standardError: error, count: count),
                test.halfWidth(standardError: error, count: count),
            ]
        default: return nil
        }
    }

    private func pass(_ place: Int) -> PassCount {
        PassCount(Int(numbers[place]), of: Int(numbers[place + 1]))
    }
}
