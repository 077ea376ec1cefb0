using System.Runtime.InteropServices;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A range of a nested VT-d page table whose cached translations are invalid.</summary>
/// <param name="Address">The first I/O virtual address, a multiple of 4,096.</param>
/// <param name="PageCount">The number of pages of 4,096 bytes.</param>
/// <param name="LeavesOnly">True if only entries of the last level changed, so that cached tables stay valid.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct VtdInvalidation([GuestControlled] ulong Address, [GuestControlled] ulong PageCount, bool LeavesOnly = false)
{
    /// <summary>All translations of the table.</summary>
    public static VtdInvalidation Everything => new(0, ulong.MaxValue);

    internal IommuHwptVtdS1Invalidate Encode() => new() { Addr = Address, Npages = PageCount, Flags = LeavesOnly ? IommuHwptVtdS1Invalidate.Leaf : 0 };
}
