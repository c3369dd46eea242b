/// `left operator bool on (labels) group_left (labels) right`
package struct BinaryOperation: Sendable {
    package let `operator`: Operator
    /// `bool`: a comparison answers 0 or 1 instead of filtering.
    package let returnsBool: Bool
    /// `on` or `ignoring`; nil: all labels.
    package let matching: Matching?
    package let left: PromQLExpression
    package let right: PromQLExpression

    /// Which labels two series must share, and which side may have several series per match.
    package struct Matching: Equatable, Sendable {
        /// `ignoring` otherwise.
        package let isOn: Bool
        package let labels: [String]
        package let group: Group?
    }

    /// `group_left` or `group_right`.
    package struct Group: Equatable, Sendable {
        /// The side with several series per match.
        package let manySide: Side
        /// The labels that the result takes from the other side.
        package let included: [String]
    }

    /// A side of the operator.
    package enum Side: String, Sendable {
        case left
        case right
    }

    /// Operators, in the order of their precedence.
    package enum Operator: String, CaseIterable, Sendable {
        case or
        case and
        case unless
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case remainder = "%"
        case atan2
        case power = "^"

        /// The higher, the closer it binds. Only `^` groups from the right.
        var precedence: Int {
            switch self {
            case .or: 1
            case .and, .unless: 2
            case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
            case .add, .subtract: 4
            case .multiply, .divide, .remainder, .atan2: 5
            case .power: 6
            }
        }

        /// `and`, `or`, `unless`.
        package var isSetOperator: Bool { precedence <= 2 }

        /// `==` and its like, which filter.
        package var isComparison: Bool { precedence == 3 }
    }
}
