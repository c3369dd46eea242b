import Bytes

/// One step of a recipe's arithmetic. It fills the register of its own number; operands are registers.
struct RecipeOperation: BitwiseCopyable, Hashable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable {
        /// The int or double in slot `a` of the span itself.
        case int, double
        case duration, size
        /// What relation `a` says.
        case related
        case add, subtract, multiply, divide
        /// 1 for yes, 0 for no.
        case equal, notEqual, less, lessOrEqual
        case and, or, not
        /// `b` if `a` is not 0, else `c`.
        case select
    }

    let kind: Kind
    var a: UInt16 = 0
    var b: UInt16 = 0
    var c: UInt16 = 0
}

/// What a recipe does for one meter.
struct RecipeStep: BitwiseCopyable, Sendable {
    /// The register that must not be 0; `always`, or `asked`.
    let condition: Int32
    let meter: Int32
    /// In the book's amounts.
    var amountStart: Int32
    let amountCount: Int32
    /// The numbers of the instruments that get an amount, as bits; of a plain recipe all of them.
    let present: UInt32

    static let always: Int32 = -1
    /// The conditions are to be evaluated for each span.
    static let asked: Int32 = -2
}

/// Where a recipe gets an amount, and where it goes.
struct RecipeAmount: BitwiseCopyable, Sendable {
    /// −1 where the amount is to be evaluated for each span.
    let register: Int32
    /// The instrument's number in its meter.
    let number: Int32
    /// The instrument's number in the program.
    let instrument: Int32
    /// The bucket layout's number; −1 for none.
    let layout: Int32
    /// Where its buckets begin in the row's.
    let cellStart: Int32
}

/// How to measure spans of which the same numbers are there and the same conditions hold: ranges in a book.
struct Recipe: BitwiseCopyable, Sendable {
    let operationStart: Int32
    let operationCount: Int32
    let stepStart: Int32
    let stepCount: Int32
    /// In the book's doubts: the amounts of a plain recipe that may turn out to be refused.
    let doubtStart: Int32
    let doubtCount: Int32
    /// Whether nothing is left to be evaluated, and a span's shape decides all its rows.
    let isPlain: Bool
    /// Whether some meter takes every such span.
    let isMatched: Bool
}

/// All that a recipe depends on; whatever else a span says changes numbers only.
struct RecipeFacts: Hashable, Sendable {
    /// Slots that the span itself sets, those of them that are ints, and doubles.
    let presence: UInt64
    let ints: UInt64
    let doubles: UInt64
    /// Slots that scope or resource set.
    let outerPresence: UInt64
    let kind: UInt64
    let statusCode: UInt64
    let hasDuration: Bool
    let decided: TruthSet
    /// The meters whose decided conditions hold.
    let meters: [Int32]
}

/// The recipes found so far, in flat arrays.
struct RecipeBook: ~Copyable, Sendable {
    var operations = OwnedBuffer<RecipeOperation>(capacity: 64)
    var steps = OwnedBuffer<RecipeStep>(capacity: 64)
    var amounts = OwnedBuffer<RecipeAmount>(capacity: 64)
    /// Registers.
    var doubts = OwnedBuffer<UInt16>(capacity: 64)
    /// Results of operations, and behind them the constants.
    var registers = OwnedBuffer<Double>(repeating: 0, count: Self.operationCountMax)
    private var recipes = OwnedBuffer<Recipe>(capacity: 16)
    private var numbers: [RecipeFacts: Int] = [:]

    /// More than any meters of sense need; what goes beyond is evaluated.
    static let operationCountMax = 256
    /// More combinations of numbers that are there or not are not kept.
    private static let recipeCountMax = 1 << 12

    /// Whether it is time to forget.
    var isFull: Bool { mutating get { recipes.count >= Self.recipeCountMax } }

    /// A recipe that `find` or `add` gave.
    @inline(__always) subscript(number: Int) -> Recipe { mutating get { recipes[number] } }

    /// The recipe for these facts; nil where there is none yet.
    func find(_ facts: RecipeFacts) -> Int? { numbers[facts] }

    /// Keeps what was written for `facts`.
    mutating func add(_ written: RecipeWriter, for facts: RecipeFacts) -> Int {
        recipes.append(
            Recipe(
                operationStart: Int32(operations.count), operationCount: Int32(written.operations.count),
                stepStart: Int32(steps.count), stepCount: Int32(written.steps.count),
                doubtStart: Int32(doubts.count), doubtCount: Int32(written.doubts.count),
                isPlain: written.isPlain, isMatched: written.isMatched
            )
        )
        for var step in written.steps {
            step.amountStart += Int32(amounts.count)
            steps.append(step)
        }
        for operation in written.operations { operations.append(operation) }
        for amount in written.amounts { amounts.append(amount) }
        for register in written.doubts { doubts.append(register) }
        for index in registers.count - Self.operationCountMax..<written.constants.count {
            registers.append(written.constants[index])
        }
        numbers[facts] = recipes.count - 1
        return recipes.count - 1
    }

    /// The constants that recipes have so far, for the next writer.
    var constants: [Double] {
        mutating get {
            (Self.operationCountMax..<registers.count).map { registers[$0] }
        }
    }

    /// Forgets all recipes but not the constants, of which a program has a fixed number.
    mutating func removeAll() {
        operations.removeAll()
        steps.removeAll()
        amounts.removeAll()
        doubts.removeAll()
        recipes.removeAll()
        numbers = [:]
    }
}
