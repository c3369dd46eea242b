import Glibc

/// Pages of 2 MiB, which Linux gives for the asking.
enum LargePage {
    static let byteCount = 2 << 20

    /// Memory in such pages, or in small ones where they are not to be had; freed like any other.
    static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: self.byteCount)
        madvise(memory, byteCount, MADV_HUGEPAGE)
        return memory
    }
}
