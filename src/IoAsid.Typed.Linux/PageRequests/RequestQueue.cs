using System.Diagnostics.CodeAnalysis;

namespace IoAsid.Typed.Linux;

/// <summary>Requests in the order of their arrival. Each request carries the link to the next one.</summary>
internal sealed class RequestQueue
{
    private OutstandingRequest? _first;
    private OutstandingRequest? _last;

    public bool IsEmpty => _first is null;

    public void Enqueue(OutstandingRequest request)
    {
        if (_last is null)
            _first = request;
        else
            _last.NextUnread = request;
        _last = request;
    }

    public bool TryDequeue([NotNullWhen(true)] out OutstandingRequest? request)
    {
        request = _first;
        if (request is null)
            return false;

        _first = request.NextUnread;
        request.NextUnread = null;
        if (_first is null)
            _last = null;
        return true;
    }
}
