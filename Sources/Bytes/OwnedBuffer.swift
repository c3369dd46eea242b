/// A growable buffer with exactly one owner.
///
/// Unlike an Array it is never shared, so a write checks its bounds and nothing else; the hot path keeps its
/// state in these.
public struct OwnedBuffer<Element: BitwiseCopyable & Sendable>: ~Copyable {
    // SAFETY: `base` is valid for `capacity` elements until deinit, the first `count` are initialised, and
    // every access is checked against `count`.
    @usableFromInline var base: UnsafeMutablePointer<Element>
    @usableFromInline var capacity: Int
    @usableFromInline var used: Int

    /// How many elements it holds.
    @inlinable public var count: Int { used }

    /// An empty buffer with room for `capacity` elements.
    @inlinable public init(capacity: Int = 16) {
        self.capacity = max(capacity, 1)
        base = .allocate(capacity: self.capacity)
        used = 0
    }

    /// `count` times `element`.
    @inlinable public init(repeating element: Element, count: Int) {
        self.init(capacity: count)
        for index in 0..<count { (base + index).initialize(to: element) }
        used = count
    }

    /// `count` times `element`, in pages of 2 MiB where the system has them and so many are needed: for large
    /// tables that are looked up anywhere.
    public init(repeating element: Element, count: Int, inLargePages: Bool) {
        self.init(capacity: count, inLargePages: inLargePages)
        used = count
        base.initialize(repeating: element, count: count)
    }

    /// An empty buffer with room for `capacity` elements, in large pages like the above. Memory is taken as it is
    /// filled.
    public init(capacity: Int, inLargePages: Bool) {
        self.capacity = max(capacity, 1)
        used = 0
        let byteCount = self.capacity * MemoryLayout<Element>.stride
        if inLargePages, byteCount >= LargePage.byteCount {
            base = LargePage.allocate(byteCount).bindMemory(to: Element.self, capacity: self.capacity)
        } else {
            base = .allocate(capacity: self.capacity)
        }
    }

    @inlinable deinit {
        base.deallocate()
    }

    /// The element at `index`; traps outside.
    @inlinable public subscript(index: Int) -> Element {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of bounds")
            return base[index]
        }
        _modify {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of bounds")
            yield &base[index]
        }
    }

    /// An element whose index the caller has shown to be inside; checked in debug builds only.
    ///
    /// For loops over indices that the buffer's owner keeps itself, with a `// SAFETY:` line.
    @inlinable public subscript(unchecked index: Int) -> Element {
        get {
            assert(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of bounds")
            return base[index]
        }
        _modify {
            assert(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of bounds")
            yield &base[index]
        }
    }

    /// Where the elements are, until the next call that may add or forget some; for loops that touch several
    /// buffers, with a `// SAFETY:` line.
    @inlinable public var unsafeStart: UnsafeMutablePointer<Element> {
        mutating get { base }
    }

    /// Appends one element; grows by doubling.
    @inlinable public mutating func append(_ element: Element) {
        if count == capacity { grow(to: count + 1) }
        (base + count).initialize(to: element)
        used += 1
    }

    /// Appends `number` times `element`.
    @inlinable public mutating func append(repeating element: Element, count number: Int) {
        if count + number > capacity { grow(to: count + number) }
        for index in count..<count + number { (base + index).initialize(to: element) }
        used += number
    }

    /// Makes room for `number` more elements at once.
    @inlinable public mutating func reserve(_ number: Int) {
        if used + number > capacity { grow(to: used + number) }
    }

    /// Appends all elements of `source`.
    @inlinable public mutating func append(contentsOf source: UnsafeBufferPointer<Element>) {
        guard let start = source.baseAddress else { return }
        reserve(source.count)
        (base + used).initialize(from: start, count: source.count)
        used += source.count
    }

    /// Makes room for `number` elements, lets `body` fill it, and appends them.
    ///
    /// - Parameter body: must initialise all of the memory that it is given, and not keep it.
    @inlinable public mutating func append(
        count number: Int, initializingWith body: (UnsafeMutablePointer<Element>) -> Void
    ) {
        reserve(number)
        body(base + used)
        used += number
    }

    /// The elements' memory, valid during `body` only.
    @inlinable public mutating func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result)
        -> Result
    {
        body(UnsafeRawBufferPointer(UnsafeBufferPointer(start: base, count: used)))
    }

    @usableFromInline mutating func grow(to wanted: Int) {
        let size = max(wanted, capacity * 2)
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: size)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity = size
    }

    /// Forgets all elements, keeping memory up to `capacityMax` elements.
    @inlinable public mutating func removeAll(keepingCapacityUpTo capacityMax: Int = .max) {
        used = 0
        if capacity > capacityMax {
            base.deallocate()
            capacity = 16
            base = .allocate(capacity: 16)
        }
    }

    /// Overwrites `number` elements from `start`; traps outside.
    @inlinable public mutating func fill(with element: Element, from start: Int, count number: Int) {
        precondition(start >= 0 && number >= 0 && start <= used - number, "range out of bounds")
        for index in 0..<number { base[start &+ index] = element }
    }

    /// Overwrites every element.
    @inlinable public mutating func fill(with element: Element) {
        base.update(repeating: element, count: count)
    }
}

// SAFETY: one owner, values that may be sent, no reference to anything else.
extension OwnedBuffer: @unchecked Sendable {}
