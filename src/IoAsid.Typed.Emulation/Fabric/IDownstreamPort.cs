using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The outgoing side of a remapping unit: messages to devices, and interrupts. All are posted. They arrive later, in steps of their own.</summary>
internal interface IDownstreamPort
{
    /// <summary>Sends an ATS invalidation to a function. An invalidation of an absent function is lost and never completes.</summary>
    /// <param name="message">The message.</param>
    void Send(in InvalidateRequestMessage message);

    /// <summary>Sends the response to a page request group. A response to an absent function is lost.</summary>
    /// <param name="message">The message.</param>
    void Send(in PageGroupResponseMessage message);

    /// <summary>Writes an interrupt message.</summary>
    /// <param name="message">The message. It arrives after all earlier writes of the unit.</param>
    void Send(in InterruptMessage message);
}
