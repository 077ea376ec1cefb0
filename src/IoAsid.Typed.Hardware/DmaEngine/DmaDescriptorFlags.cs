namespace IoAsid.Typed.Hardware;

/// <summary>How a descriptor is done.</summary>
[Flags]
public enum DmaDescriptorFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>A completion record is written when it is done.</summary>
    RequestCompletion = 1,

    /// <summary>An interrupt is sent when it is done, after the completion record.</summary>
    RequestInterrupt = 2,

    /// <summary>A page that is not there is asked for and waited for, instead of ending the descriptor with an error.</summary>
    BlockOnFault = 4,

    /// <summary>Not begun before everything accepted before by the same queue is complete.</summary>
    Fence = 8,
}
