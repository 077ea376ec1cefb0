using System.Runtime.InteropServices;
using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Emulation;

/// <summary>The outcome of an access to memory by a function.</summary>
/// <param name="Status">The status for a completion record.</param>
/// <param name="Address">The address that the access failed at, or 0.</param>
/// <param name="IsDiscarded">True if the function was reset or removed during the access. The outcome must not be reported.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DmaOutcome(DmaStatus Status, ulong Address = 0, bool IsDiscarded = false)
{
    /// <summary>The outcome of a successful access.</summary>
    public static DmaOutcome Success { get; } = new(DmaStatus.Success);

    /// <summary>The outcome of an access during which the function was reset or removed.</summary>
    public static DmaOutcome Discarded { get; } = new(DmaStatus.Aborted, IsDiscarded: true);

    /// <summary>Gets a value indicating whether the access succeeded.</summary>
    public bool IsSuccess => Status == DmaStatus.Success;
}
