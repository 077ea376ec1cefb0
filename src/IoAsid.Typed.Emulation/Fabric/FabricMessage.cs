using System.Diagnostics;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A message on the fabric, of any kind: the fields a kind does not have are zero. The <c>As…</c> members give it back as what
/// was sent.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FabricMessage
{
    /// <summary>What it is.</summary>
    public FabricMessageKind Kind { get; init; }

    /// <summary>The how manieth message of the fabric it is, from 0.</summary>
    public long Number { get; init; }

    /// <summary>The function at the device end of the link.</summary>
    public RequesterId Function { get; init; }

    /// <summary>
    /// The address of a request, page request or invalidation (with its size bits); the offset of a register; the number of a
    /// portal.
    /// </summary>
    public ulong Address { get; init; }

    /// <summary>How many bytes are read, written or carried; how many pages or entries of a translation.</summary>
    public int Length { get; init; }

    /// <summary>The tag of a request and its completion, of an invalidation, or the index of a page request group.</summary>
    public int Tag { get; init; }

    /// <summary>The PASID prefix.</summary>
    public PasidPrefix Prefix { get; init; }

    /// <summary>
    /// An operand, what an AtomicOp found, a register's value, invalidation tags that are done, a response code, or an
    /// interrupt's data.
    /// </summary>
    public ulong Value { get; init; }

    /// <summary>What <see cref="AtomicOperation.CompareAndSwap"/> expects.</summary>
    public ulong Comparand { get; init; }

    /// <summary>What a memory request does.</summary>
    public DmaAccess Access { get; init; }

    /// <summary>What an AtomicOp does.</summary>
    public AtomicOperation Operation { get; init; }

    /// <summary>How a request ended, in its completion.</summary>
    public CompletionStatus Status { get; init; }

    /// <summary>The address of a memory request is physical already.</summary>
    public bool IsTranslated { get; init; }

    /// <summary>A page request asks for read access.</summary>
    public bool Read { get; init; }

    /// <summary>A page request asks for write access; a translation request does, unless it says otherwise.</summary>
    public bool Write { get; init; }

    /// <summary>The last page request of its group.</summary>
    public bool IsLast { get; init; }

    /// <summary>An invalidation is for all PASIDs.</summary>
    public bool AllPasids { get; init; }

    /// <summary>Whether it goes from a device to a unit.</summary>
    public bool IsUpstream => Kind <= FabricMessageKind.InvalidateCompletion;

    /// <summary>
    /// Whether it is posted: no posted message passes another one, and nothing else passes a posted one (PCIe 2.4.1).
    /// </summary>
    public bool IsPosted => Kind is not (
        FabricMessageKind.MemoryRead or FabricMessageKind.Atomic or FabricMessageKind.TranslationRequest
        or FabricMessageKind.ReadCompletion or FabricMessageKind.AtomicCompletion or FabricMessageKind.TranslationCompletion);

    /// <summary>A memory request.</summary>
    public DmaRequest AsDmaRequest => new(Function, Address, Access, Prefix, IsTranslated);

    /// <summary>A translation request.</summary>
    public TranslationRequest AsTranslationRequest => new(Function, Address, Length, NoWrite: !Write, Prefix);

    /// <summary>A page request.</summary>
    public PageRequestMessage AsPageRequest => new(Function, Address, Tag, Read, Write, IsLast, Prefix);

    /// <summary>The completion of invalidations.</summary>
    public InvalidateCompletionMessage AsInvalidateCompletion => new(Function, (uint)Value);

    /// <summary>An invalidation.</summary>
    public InvalidateRequestMessage AsInvalidateRequest => new(Function, Tag, Address, Prefix, AllPasids);

    /// <summary>The answer to a group of page requests.</summary>
    public PageGroupResponseMessage AsPageGroupResponse => new(Function, Tag, (int)Value, Prefix);

    /// <summary>An interrupt.</summary>
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
