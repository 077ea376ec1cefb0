using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The description of the events of a unit in words.</summary>
internal static class UnitEventText
{
    /// <summary>Returns the name of the kind of event.</summary>
    public static string Name(in UnitEvent raised) => raised.Kind switch
    {
        UnitEventKind.Fault => "fault",
        UnitEventKind.Invalidation => $"descriptor: {DescriptorOf(raised).Type}",
        UnitEventKind.WaitCompleted => "wait completed",
        UnitEventKind.PageRequestArrived => "page request arrived",
        UnitEventKind.DeviceTlbInvalidated => "device TLB invalidated",
        UnitEventKind.PageRequestQueued => "page request queued",
        UnitEventKind.PageRequestDropped => "page request dropped",
        UnitEventKind.ResponseSent => "response",
        UnitEventKind.AutomaticResponse => "automatic response",
        UnitEventKind.Command => "command",
        _ => raised.Kind.ToString(),
    };

    /// <summary>Returns the details of an event.</summary>
    public static string Details(in UnitEvent raised) => raised.Kind switch
    {
        UnitEventKind.Fault => $"{raised.Requester} 0x{raised.First:X} {raised.Prefix}: {((FaultReason)raised.Second).Describe()}",
        UnitEventKind.Invalidation => $"0x{raised.First:X} 0x{raised.Second:X}",
        UnitEventKind.WaitCompleted => $"0x{raised.Second:X} written to 0x{raised.First:X}",
        UnitEventKind.PageRequestArrived => $"{raised.Requester} 0x{raised.First:X} {raised.Prefix}, group {(ushort)raised.Second}",
        UnitEventKind.DeviceTlbInvalidated => $"{raised.Requester} 0x{raised.First:X} {(raised.Second == 1 ? "all PASIDs" : raised.Prefix.ToString())}",
        UnitEventKind.PageRequestQueued => $"{raised.Requester} 0x{raised.First:X} {raised.Prefix}, at offset 0x{raised.Second:X} of the queue",
        UnitEventKind.PageRequestDropped => $"{raised.Requester} 0x{raised.First:X} {raised.Prefix}, group {raised.Second}",
        UnitEventKind.ResponseSent or UnitEventKind.AutomaticResponse =>
            $"{raised.Requester} {raised.Prefix}, group {raised.First}: {(PageResponse)raised.Second}",
        UnitEventKind.Command => $"0x{raised.Second:X} to register 0x{raised.First:X}",
        _ => $"0x{raised.First:X} 0x{raised.Second:X}",
    };

    private static InvalidationDescriptor DescriptorOf(in UnitEvent raised) => new(new Bits256(raised.First, raised.Second, 0, 0));
}
