using System.Diagnostics;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A message on the fabric, of any kind. Fields that a kind does not have are zero. The <c>As…</c> members return the message in the type of its kind.
/// </summary>
// Sequential, with the longest fields first: the runtime aligns structures inside an automatic layout to whole words. The message fits into one cache line.
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FabricMessage
{
    /// <summary>The zero-based sequence number of the message.</summary>
    public long Number { get; init; }

    /// <summary>
    /// The address of a request, page request or invalidation (with its size bits), the offset of a register, or the number of a portal.
    /// </summary>
    public ulong Address { get; init; }

    /// <summary>
    /// The operand or the previous value of an AtomicOp, the value of a register, the bits of completed invalidation tags, a response code, or the data of
    /// an interrupt.
    /// </summary>
    public ulong Value { get; init; }

    /// <summary>The value that <see cref="AtomicOperation.CompareAndSwap"/> expects.</summary>
    public ulong Comparand { get; init; }

    /// <summary>The number of bytes that are read, written or carried, or the number of pages or entries of a translation.</summary>
    public int Length { get; init; }

    /// <summary>The tag of a request and its completion, the tag of an invalidation, or the index of a page request group.</summary>
    public int Tag { get; init; }

    /// <summary>The PASID prefix.</summary>
    public PasidPrefix Prefix { get; init; }

    /// <summary>The kind of access of a memory request.</summary>
    public DmaAccess Access { get; init; }

    /// <summary>The function at the device end of the link.</summary>
    public RequesterId Function { get; init; }

    /// <summary>The kind of message.</summary>
    public FabricMessageKind Kind { get; init; }

    /// <summary>The operation of an AtomicOp.</summary>
    public AtomicOperation Operation { get; init; }

    /// <summary>The status in a completion.</summary>
    public CompletionStatus Status { get; init; }

    /// <summary>Gets a value indicating whether the address of a memory request is translated (address type 10b).</summary>
    public bool IsTranslated { get; init; }

    /// <summary>Gets a value indicating whether a page request requests read access.</summary>
    public bool Read { get; init; }

    /// <summary>Gets a value indicating whether a page request or a translation request requests write access.</summary>
    public bool Write { get; init; }

    /// <summary>Gets a value indicating whether a page request is the last of its group.</summary>
    public bool IsLast { get; init; }

    /// <summary>Gets a value indicating whether an invalidation applies to all PASIDs (Global Invalidate).</summary>
    public bool AllPasids { get; init; }

    /// <summary>Gets a value indicating whether the message travels from a device to a unit.</summary>
    public bool IsUpstream => Kind <= FabricMessageKind.InvalidateCompletion;

    /// <summary>Gets a value indicating whether the message is posted. No message passes a posted message (PCIe 2.4.1).</summary>
    public bool IsPosted => Kind is not (
        FabricMessageKind.MemoryRead or FabricMessageKind.Atomic or FabricMessageKind.TranslationRequest
        or FabricMessageKind.ReadCompletion or FabricMessageKind.AtomicCompletion or FabricMessageKind.TranslationCompletion);

    /// <summary>The message as a memory request.</summary>
    public DmaRequest AsDmaRequest => new(Function, Address, Access, Prefix, IsTranslated);

    /// <summary>The message as a translation request.</summary>
    public TranslationRequest AsTranslationRequest => new(Function, Address, Length, NoWrite: !Write, Prefix);

    /// <summary>The message as a page request.</summary>
    public PageRequestMessage AsPageRequest => new(Function, Address, Tag, Read, Write, IsLast, Prefix);

    /// <summary>The message as a completion of invalidations.</summary>
    public InvalidateCompletionMessage AsInvalidateCompletion => new(Function, (uint)Value);

    /// <summary>The message as an invalidation.</summary>
    public InvalidateRequestMessage AsInvalidateRequest => new(Function, Tag, Address, Prefix, AllPasids);

    /// <summary>The message as the response to a page request group.</summary>
    public PageGroupResponseMessage AsPageGroupResponse => new(Function, Tag, (int)Value, Prefix);

    /// <summary>The message as an interrupt.</summary>
    public InterruptMessage AsInterrupt => new(Address, (uint)Value);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        FabricMessageKind.Interrupt => $"interrupt 0x{Value:X} at 0x{Address:X}",
        _ => $"{Function} {(IsUpstream ? "up" : "down")} {Name} {Details}",
    };

    internal string Name => Kind switch
    {
        FabricMessageKind.MemoryWrite => "write",
        FabricMessageKind.MemoryRead => "read",
        FabricMessageKind.Atomic => "atomic",
        FabricMessageKind.TranslationRequest => "translation request",
        FabricMessageKind.PageRequest => IsLast && !Read && !Write ? "stop marker" : "page request",
        FabricMessageKind.InvalidateCompletion => "invalidate completion",
        FabricMessageKind.ReadCompletion => "read completion",
        FabricMessageKind.AtomicCompletion => "atomic completion",
        FabricMessageKind.TranslationCompletion => "translation completion",
        FabricMessageKind.InvalidateRequest => "invalidate request",
        FabricMessageKind.PageGroupResponse => "page group response",
        FabricMessageKind.RegisterWrite => "register write",
        FabricMessageKind.CommandWrite => "command",
        FabricMessageKind.Interrupt => "interrupt",
        _ => throw new UnreachableException(),
    };

    private string Details => Kind switch
    {
        FabricMessageKind.MemoryWrite or FabricMessageKind.MemoryRead or FabricMessageKind.Atomic =>
            $"0x{Address:X} +{Length} {(IsTranslated ? "translated " : "")}{Prefix}",
        FabricMessageKind.TranslationRequest => $"0x{Address:X} {Length} pages {Prefix}",
        FabricMessageKind.PageRequest =>
            $"0x{Address:X} group {Tag}{(Read ? " read" : "")}{(Write ? " write" : "")}{(IsLast ? " last" : "")} {Prefix}",
        FabricMessageKind.InvalidateCompletion => $"tags 0x{Value:X}",
        FabricMessageKind.InvalidateRequest => $"tag {Tag} 0x{Address:X} {(AllPasids ? "all PASIDs" : Prefix.ToString())}",
        FabricMessageKind.PageGroupResponse => $"group {Tag} code {Value} {Prefix}",
        FabricMessageKind.RegisterWrite => $"0x{Address:X} = 0x{Value:X}",
        FabricMessageKind.CommandWrite => $"portal {Address}",
        _ => $"{Status} tag {Tag}",
    };
}
