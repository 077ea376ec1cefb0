namespace IoAsid.Typed.Emulation;

/// <summary>The observer of a page request queue.</summary>
internal interface IPageRequestQueueObserver
{
    /// <summary>Receives the end of the handling of a request: it was written to the queue or dropped.</summary>
    void PageRequestHandled();
}
