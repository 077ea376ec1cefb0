using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>What a remapping unit sends by: messages down to devices, and interrupts. All are posted: they arrive later, in steps of their own.</summary>
internal interface IDownstreamPort
{
    /// <summary>Sends an ATS invalidation to a function. One to a function that is gone is lost, and never completes.</summary>
    /// <param name="message">The message.</param>
    void Send(in InvalidateRequestMessage message);

    /// <summary>Sends the answer to a group of page requests. One to a function that is gone is lost.</summary>
    /// <param name="message">The message.</param>
    void Send(in PageGroupResponseMessage message);

    /// <summary>Writes an interrupt message.</summary>
    /// <param name="message">The message; what was written to memory before arrives before it.</param>
    void Send(in InterruptMessage message);
}
