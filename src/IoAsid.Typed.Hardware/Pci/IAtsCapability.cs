namespace IoAsid.Typed.Hardware;

/// <summary>The address translation services extended capability (PCIe, ATS Extended Capability).</summary>
public interface IAtsCapability
{
    /// <summary>
    /// How many invalidations the function can take before one must complete, 1 to 32 (Invalidate Queue Depth; the register's 0
    /// is 32).
    /// </summary>
    int InvalidateQueueDepth { get; }

    /// <summary>Whether the function may ask for translations and use them.</summary>
    /// <exception cref="InvalidOperationException">Taken away while page requests are enabled.</exception>
    bool Enabled { get; set; }
}
