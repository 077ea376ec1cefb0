namespace IoAsid.Typed.Emulation;

/// <summary>The capabilities of a function. A capability with value zero is absent.</summary>
public record FunctionOptions
{
    private const int SmallestRequestLength = 64;
    private const int LargestRequestLength = 4096;

    /// <summary>The width of PASIDs, in bits, up to 20; 0 for no PASID capability.</summary>
    public int PasidWidth { get; init; } = 20;

    /// <summary>Gets a value indicating whether requests can request execute permission.</summary>
    public bool ExecutePermissionSupported { get; init; }

    /// <summary>Gets a value indicating whether requests can be in privileged mode.</summary>
    public bool PrivilegedModeSupported { get; init; } = true;

    /// <summary>The capacity for outstanding invalidations (ATS, Invalidate Queue Depth), up to 32; 0 for no address translation services.</summary>
    public int InvalidateQueueDepth { get; init; } = 32;

    /// <summary>The capacity of the device TLB, in translations, 1 or more.</summary>
    public int DeviceTlbEntries { get; init; } = 64;

    /// <summary>The number of page requests that can be outstanding; 0 for no page request interface. Page requests need address translation services.</summary>
    public int PageRequestCapacity { get; init; } = 32;

    /// <summary>Gets a value indicating whether responses to page requests must carry the PASID.</summary>
    public bool ResponsePasidRequired { get; init; } = true;

    /// <summary>The largest number of pages in a page request group, 1 or more.</summary>
    public int PagesPerGroup { get; init; } = 1;

    /// <summary>The number of interrupt entries.</summary>
    public int InterruptEntries { get; init; } = 8;

    /// <summary>The largest length of a memory request, in bytes: a power of two, 64 to 4096. No request crosses a boundary of 4 KiB.</summary>
    public int MaximumRequestLength { get; init; } = 512;

    /// <summary>The delay of completions with <see cref="DeviceMisbehaviour.CompletesInvalidationLate"/>, in virtual time.</summary>
    public TimeSpan LateCompletionDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns the reasons why no function can have these options. A derived record adds its own.</summary>
    /// <returns>A sentence for each reason; none if the options fit together.</returns>
    protected internal virtual IEnumerable<string> Objections()
    {
        if (PasidWidth is < 0 or > 20)
            yield return $"{nameof(PasidWidth)} is {PasidWidth}. It must be from 0 to 20.";
        if (InvalidateQueueDepth is < 0 or > 32)
            yield return $"{nameof(InvalidateQueueDepth)} is {InvalidateQueueDepth}. It must be from 0 to 32.";
        if (DeviceTlbEntries < 1)
            yield return $"{nameof(DeviceTlbEntries)} is {DeviceTlbEntries}. It must be at least 1.";
        if (PageRequestCapacity < 0 || PageRequestCapacity > 0 && InvalidateQueueDepth == 0)
            yield return $"{nameof(PageRequestCapacity)} is {PageRequestCapacity}. It must not be negative, and must be 0 if {nameof(InvalidateQueueDepth)} is 0.";
        if (PagesPerGroup < 1)
            yield return $"{nameof(PagesPerGroup)} is {PagesPerGroup}. It must be at least 1.";
        if (InterruptEntries < 0)
            yield return $"{nameof(InterruptEntries)} is {InterruptEntries}. It must not be negative.";
        if (MaximumRequestLength is < SmallestRequestLength or > LargestRequestLength || !int.IsPow2(MaximumRequestLength))
            yield return $"{nameof(MaximumRequestLength)} is {MaximumRequestLength}. It must be a power of two from {SmallestRequestLength} to {LargestRequestLength}.";
    }
}
