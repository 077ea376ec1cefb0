namespace IoAsid.Typed.Hardware;

/// <summary>What a DMA engine can be told to do. None takes effect while another command is active.</summary>
public enum DmaEngineCommandCode
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>
    /// Completes every descriptor of a PASID that was accepted before, waits for all its requests and page requests, then sends a
    /// stop marker if page requests are enabled. Until it is done, shared queues ask senders with the PASID to try again; the
    /// driver keeps others from sending.
    /// </summary>
    DrainPasid = 1,

    /// <summary>
    /// As <see cref="DrainPasid"/>, but work that has not been done yet is given up, with the status <see cref="DmaStatus.Aborted"/>,
    /// and the answers to page requests are not waited for: requests that were sent are on their way, or in a queue, when the
    /// command is done. To drain them, before the PASID is used again, is left to software; the answers may still come.
    /// </summary>
    AbortPasid = 2,
}
