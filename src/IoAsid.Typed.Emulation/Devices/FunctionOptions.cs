namespace IoAsid.Typed.Emulation;

/// <summary>What a function is able to do. What is zero is not there.</summary>
public record FunctionOptions
{
    /// <summary>How many bits of a PASID it can send, up to 20; 0 for no PASID capability.</summary>
    public int PasidWidth { get; init; } = 20;

    /// <summary>Whether it can ask for execute permission.</summary>
    public bool ExecutePermissionSupported { get; init; }

    /// <summary>Whether it can send requests in privileged mode.</summary>
    public bool PrivilegedModeSupported { get; init; } = true;

    /// <summary>How many invalidations it can take at a time, up to 32; 0 for no address translation services.</summary>
    public int InvalidateQueueDepth { get; init; } = 32;

    /// <summary>How many translations its device TLB holds.</summary>
    public int DeviceTlbEntries { get; init; } = 64;

    /// <summary>
    /// How many page requests it can have outstanding; 0 for no page request interface. Needs address translation services.
    /// </summary>
    public int PageRequestCapacity { get; init; } = 32;

    /// <summary>Whether responses to its page requests must carry the PASID.</summary>
    public bool ResponsePasidRequired { get; init; } = true;

    /// <summary>How many pages it asks for in one group at most, 1 or more.</summary>
    public int PagesPerGroup { get; init; } = 1;

    /// <summary>How many interrupt entries it has.</summary>
    public int InterruptEntries { get; init; } = 8;

    /// <summary>
    /// How many bytes one request reads or writes at most: a power of two, 64 to 4096. None crosses a boundary of 4 KiB.
    /// </summary>
    public int MaximumRequestLength { get; init; } = 512;

    /// <summary>How late it is when <see cref="DeviceMisbehaviour.CompletesInvalidationLate"/>.</summary>
    public TimeSpan LateBy { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns the reasons why no function can have these options. A derived record adds its own.</summary>
    /// <returns>A sentence for each reason; none if the options fit together.</returns>
    protected internal virtual IEnumerable<string> Objections()
    {
        if (PasidWidth is < 0 or > 20)
            yield return $"{nameof(PasidWidth)} is {PasidWidth}: a PASID has at most 20 bits.";
        if (InvalidateQueueDepth is < 0 or > 32)
            yield return $"{nameof(InvalidateQueueDepth)} is {InvalidateQueueDepth}: at most 32 can be sent to a function.";
        if (DeviceTlbEntries < 1)
            yield return $"{nameof(DeviceTlbEntries)} is {DeviceTlbEntries}: a device TLB holds at least one translation.";
        if (PageRequestCapacity < 0 || PageRequestCapacity > 0 && InvalidateQueueDepth == 0)
            yield return $"{nameof(PageRequestCapacity)} is {PageRequestCapacity}: it must be 0 without {nameof(InvalidateQueueDepth)}.";
        if (PagesPerGroup < 1)
            yield return $"{nameof(PagesPerGroup)} is {PagesPerGroup}: a group has at least one page.";
        if (InterruptEntries < 0)
            yield return $"{nameof(InterruptEntries)} is {InterruptEntries}: it must not be negative.";
        if (MaximumRequestLength is < 64 or > 4096 || !int.IsPow2(MaximumRequestLength))
            yield return $"{nameof(MaximumRequestLength)} is {MaximumRequestLength}: it must be a power of two from 64 to 4096.";
    }
}
