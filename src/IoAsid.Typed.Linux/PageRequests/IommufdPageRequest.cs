using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>
/// A group of page requests of a device, which gets one response. The PASID is bound until the disposal: the number is not allocated again, even if the id
/// is freed and detached meanwhile.
/// </summary>
/// <remarks>
/// Copies are the same request. Disposal responds with Invalid if the request has no response. A <c>default</c> value has no request.
/// </remarks>
/// <typeparam name="TData">The data type of the reader.</typeparam>
[AnsweredOnce]
[StructLayout(LayoutKind.Auto)]
public readonly struct IommufdPageRequest<TData> : IDisposable, IEquatable<IommufdPageRequest<TData>>
    where TData : class
{
    private readonly OutstandingRequest? _request;
    private readonly TData? _data;
    private readonly uint _ticket;

    internal IommufdPageRequest(OutstandingRequest request, IoAsidLookupStatus status, TData? data)
    {
        _request = request;
        _ticket = request.Ticket;
        _data = data;
        Status = status;
        Device = request.Device;
        Pasid = request.Pasid;
        Group = (int)request.Group;
        Count = request.PageCount;
    }

    /// <summary>The outcome of the look-up of the PASID. Anything but <see cref="IoAsidLookupStatus.Found"/> should be refused.</summary>
    public IoAsidLookupStatus Status { get; }

    /// <summary>Gets a value indicating whether the PASID was found in the reader's set.</summary>
    [MemberNotNullWhen(true, nameof(Data))]
    public bool IsFound => _data is not null;

    /// <summary>The data of the id when the request was read; null if <see cref="IsFound"/> is false.</summary>
    public TData? Data => _data;

    /// <summary>The device; null if its object was disposed.</summary>
    public IommufdDevice? Device { get; }

    /// <summary>The PASID; null if the request has none.</summary>
    public Pasid? Pasid { get; }

    /// <summary>The index of the group, by which the device knows the request.</summary>
    public int Group { get; }

    /// <summary>The number of requested pages, at least 1.</summary>
    public int Count { get; }

    /// <summary>Gets a value indicating whether the request has a response, from this program or from a detach.</summary>
    public bool IsAnswered => _request is null || _request.Queue.IsAnswered(_request, _ticket);

    internal bool IsDefault => _request is null;

    /// <summary>A requested page.</summary>
    /// <param name="index">The index, from 0.</param>
    /// <exception cref="ObjectDisposedException">The request was disposed.</exception>
    public PageFault this[int index]
    {
        get
        {
            OutstandingRequest request = Current();
            ObjectDisposedException.ThrowIf(request.Ticket != _ticket, typeof(IommufdPageRequest<TData>));
            return request.Pages[index];
        }
    }

    /// <summary>Compares two requests.</summary>
    /// <returns>True if the two are the same request.</returns>
    public static bool operator ==(IommufdPageRequest<TData> left, IommufdPageRequest<TData> right) => left.Equals(right);

    /// <summary>Compares two requests.</summary>
    /// <returns>True if the two are different requests.</returns>
    public static bool operator !=(IommufdPageRequest<TData> left, IommufdPageRequest<TData> right) => !left.Equals(right);

    /// <summary>Sends the response to the request.</summary>
    /// <param name="response">The response.</param>
    /// <returns>True if the device receives this response; false if a detach has responded with Invalid before.</returns>
    /// <exception cref="InvalidOperationException">The request has a response already. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The request was disposed, which has sent a response.</exception>
    /// <exception cref="SystemCallException">The kernel does not accept the response.</exception>
    [Answers]
    public bool Respond(IommufdPageResponse response)
    {
        OutstandingRequest request = Current();
        return request.Queue.Respond(request, _ticket, response);
    }

    /// <summary>Ends the request, with the response Invalid if it has no response. Further calls do nothing.</summary>
    [Answers(OnlyIfUnanswered = true)]
    public void Dispose() => _request?.Queue.Complete(_request, _ticket);

    /// <inheritdoc/>
    public bool Equals(IommufdPageRequest<TData> other) => _request == other._request && _ticket == other._ticket;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IommufdPageRequest<TData> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_request, _ticket);

    /// <summary>Returns PASID, group, the first page and the outcome of the look-up.</summary>
    public override string ToString() => _request is null ? "(default page request)"
        : $"page request of {Device?.ToString() ?? "a disposed device"}, {(Pasid is { } pasid ? $"PASID {pasid}" : "no PASID")}, group {Group}, {Count} pages: {Status}";

    private OutstandingRequest Current() =>
        _request ?? throw new InvalidOperationException("A default IommufdPageRequest has no request. Read one from a PageRequestReader.");
}
