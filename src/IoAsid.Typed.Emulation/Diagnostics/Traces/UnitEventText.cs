using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The description of the events of a unit in words.</summary>
internal static class UnitEventText
{
    /// <summary>Returns the name of the kind of event.</summary>
    public static string Name(in UnitEvent happened) => happened.Kind switch
    {
        UnitEventKind.Fault => "fault",
        UnitEventKind.Invalidation => $"descriptor: {DescriptorOf(happened).Type}",
        UnitEventKind.WaitCompleted => "wait completed",
        UnitEventKind.PageRequestArrived => "page request arrived",
        UnitEventKind.DeviceTlbInvalidated => "device TLB invalidated",
        UnitEventKind.PageRequestQueued => "page request queued",
        UnitEventKind.PageRequestDropped => "page request dropped",
        UnitEventKind.ResponseSent => "response",
        UnitEventKind.AutomaticResponse => "automatic response",
        UnitEventKind.Command => "command",
        _ => happened.Kind.ToString(),
    };

    /// <summary>Returns the details of an event.</summary>
    public static string Details(in UnitEvent happened) => happened.Kind switch
    {
        UnitEventKind.Fault => $"{happened.Requester} 0x{happened.First:X} {happened.Prefix}: {((FaultReason)happened.Second).Describe()}",
        UnitEventKind.Invalidation => $"0x{happened.First:X} 0x{happened.Second:X}",
        UnitEventKind.WaitCompleted => $"0x{happened.Second:X} written to 0x{happened.First:X}",
        UnitEventKind.PageRequestArrived => $"{happened.Requester} 0x{happened.First:X} {happened.Prefix}, group {(ushort)happened.Second}",
        UnitEventKind.DeviceTlbInvalidated => $"{happened.Requester} 0x{happened.First:X} {(happened.Second == 1 ? "all PASIDs" : happened.Prefix.ToString())}",
        UnitEventKind.PageRequestQueued => $"{happened.Requester} 0x{happened.First:X} {happened.Prefix}, at offset 0x{happened.Second:X} of the queue",
        UnitEventKind.PageRequestDropped => $"{happened.Requester} 0x{happened.First:X} {happened.Prefix}, group {happened.Second}",
        UnitEventKind.ResponseSent or UnitEventKind.AutomaticResponse =>
            $"{happened.Requester} {happened.Prefix}, group {happened.First}: {(PageRequestResponseCode)happened.Second}",
        UnitEventKind.Command => $"0x{happened.Second:X} to register 0x{happened.First:X}",
        _ => $"0x{happened.First:X} 0x{happened.Second:X}",
    };

    private static InvalidationDescriptor DescriptorOf(in UnitEvent happened) => new(new Bits256(happened.First, happened.Second, 0, 0));
}
