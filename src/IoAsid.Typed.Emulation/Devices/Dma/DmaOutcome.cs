using System.Runtime.InteropServices;
using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Emulation;

/// <summary>How an access of a function to memory ended.</summary>
/// <param name="Status">The end, in the words of a completion record.</param>
/// <param name="Address">The address that could not be accessed, unless it succeeded.</param>
/// <param name="IsForgotten">The function was reset or pulled out meanwhile: nobody is to be told.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DmaOutcome(DmaStatus Status, ulong Address = 0, bool IsForgotten = false)
{
    /// <summary>It was done.</summary>
    public static DmaOutcome Success { get; } = new(DmaStatus.Success);

    /// <summary>The function was reset or pulled out meanwhile.</summary>
    public static DmaOutcome Forgotten { get; } = new(DmaStatus.Aborted, IsForgotten: true);

    /// <summary>Whether it was done.</summary>
    public bool IsSuccess => Status == DmaStatus.Success;
}
