namespace IoAsid.Typed.Hardware;

/// <summary>The address translation services extended capability (PCIe, ATS Extended Capability).</summary>
public interface IAtsCapability
{
    /// <summary>The number of pending invalidations that the function accepts, 1 to 32 (Invalidate Queue Depth, whose 0 stands for 32).</summary>
    int InvalidateQueueDepth { get; }

    /// <summary>Gets or sets a value indicating whether the function may send translation requests and use the translations.</summary>
    /// <exception cref="InvalidOperationException">ATS was disabled while page requests are enabled.</exception>
    bool Enabled { get; set; }
}
