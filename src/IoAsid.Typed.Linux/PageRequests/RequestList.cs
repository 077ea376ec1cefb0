namespace IoAsid.Typed.Linux;

/// <summary>A list of requests that each request carries the links of, so that adding and removing takes a few instructions.</summary>
internal sealed class RequestList
{
    public OutstandingRequest? First { get; private set; }

    public void Add(OutstandingRequest request)
    {
        request.Next = First;
        request.Previous = null;
        First?.Previous = request;
        First = request;
    }

    public void Remove(OutstandingRequest request)
    {
        if (request.Previous is { } previous)
            previous.Next = request.Next;
        else
            First = request.Next;
        request.Next?.Previous = request.Previous;
    }
}
