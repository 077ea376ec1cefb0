using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The access of a function to memory. No request crosses a page. With ATS, requests use translations of the device TLB; otherwise they are untranslated. If
/// the caller may block and page requests are enabled, absent pages are requested.
/// </summary>
/// <remarks>
/// Its tasks are pooled, so each is awaited once. They complete in the step of hardware in which the last message arrives. A device that awaits them with
/// <c>ConfigureAwait(false)</c> continues inside that step; this is the one exception that <see cref="SeededScheduler"/> describes.
/// </remarks>
public sealed class DmaMaster
{
    private const int PageShift = 12;
    private const ulong PageMask = (1UL << PageShift) - 1;
    private const int MaxPagesPerTranslation = 8;

    private readonly EmulatedFunction _function;
    private readonly FunctionOptions _options;

    internal DmaMaster(EmulatedFunction function, FunctionOptions options)
    {
        _function = function;
        _options = options;
    }

    /// <summary>The address space of the last access.</summary>
    internal DmaSpace LastSpace { get; private set; }

    /// <summary>The address of the last access.</summary>
    internal ulong LastAddress { get; private set; }

    /// <summary>Reads memory.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">The address of the first byte.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <param name="ahead">The number of bytes after these that the function reads next. Their pages are requested in the same group.</param>
    /// <returns>The outcome.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<DmaOutcome> ReadAsync(DmaSpace space, ulong address, Memory<byte> destination, uint ahead = 0)
    {
        DmaOutcome outcome = DmaOutcome.Success;
        while (!destination.IsEmpty && outcome.IsSuccess)
        {
            int length = PieceOf(address, destination.Length);
            uint wanted = (uint)destination.Length + ahead;
            outcome = await ReadPieceAsync(space, address, destination[..length], wanted).ConfigureAwait(false);
            destination = destination[length..];
            address += (uint)length;
        }

        return outcome;
    }

    /// <summary>Writes memory. Writes are posted: success means that they were sent.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">The address of the first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="ahead">The number of bytes after these that the function writes next. Their pages are requested in the same group.</param>
    /// <returns>The outcome.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<DmaOutcome> WriteAsync(DmaSpace space, ulong address, ReadOnlyMemory<byte> source, uint ahead = 0)
    {
        while (!source.IsEmpty)
        {
            int length = PieceOf(address, source.Length);
            uint wanted = (uint)source.Length + ahead;
            Route route;
            while (!TryRoute(space, address, isWrite: true, out route))
            {
                DmaOutcome obtained = await ObtainAsync(space, address, wanted, isWrite: true).ConfigureAwait(false);
                if (!obtained.IsSuccess)
                    return obtained;
            }

            _function.Port.Write(route.Request(_function.RequesterId, DmaAccess.Write), source.Span[..length]);
            source = source[length..];
            address += (uint)length;
        }

        return DmaOutcome.Success;
    }

    /// <summary>Adds to 8 bytes of memory in one transaction.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="summand">The value to add.</param>
    /// <returns>The outcome, and the previous value in memory.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(DmaOutcome Outcome, ulong Previous)> AddAsync(DmaSpace space, ulong address, ulong summand)
    {
        Route route;
        while (!TryRoute(space, address, isWrite: true, out route))
        {
            DmaOutcome obtained = await ObtainAsync(space, address, sizeof(ulong), isWrite: true).ConfigureAwait(false);
            if (!obtained.IsSuccess)
                return (obtained, 0);
        }

        PendingRequest request = _function.Requests.Begin(route.Kind, route.Prefix, address);
        DmaRequest atomic = route.Request(_function.RequesterId, DmaAccess.Atomic);
        _function.Port.Atomic(request.Tag, atomic, AtomicOperation.FetchAdd, sizeof(ulong), summand, comparand: 0);
        RequestStatus end = await request.Task.ConfigureAwait(false);
        ulong previous = request.Previous;
        _function.Requests.Return(request);
        return (OutcomeOf(end, address), previous);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DmaOutcome> ReadPieceAsync(DmaSpace space, ulong address, Memory<byte> destination, uint wanted)
    {
        Route route;
        while (!TryRoute(space, address, isWrite: false, out route))
        {
            DmaOutcome obtained = await ObtainAsync(space, address, wanted, isWrite: false).ConfigureAwait(false);
            if (!obtained.IsSuccess)
                return obtained;
        }

        PendingRequest request = _function.Requests.Begin(route.Kind, route.Prefix, address, destination);
        _function.Port.Read(request.Tag, route.Request(_function.RequesterId, DmaAccess.Read), destination.Length);
        RequestStatus end = await request.Task.ConfigureAwait(false);
        _function.Requests.Return(request);
        return OutcomeOf(end, address);
    }

    // No step runs between the lookup of a translation and the send of the request that uses it, so an invalidation is applied before or after both.
    private bool TryRoute(DmaSpace space, ulong address, bool isWrite, out Route route)
    {
        PasidPrefix prefix = Actual(space.Prefix);
        route = new Route(prefix, address, PendingKind.Untranslated);
        if (!_function.MaySend(prefix))
            return false;
        LastSpace = space;
        LastAddress = address;
        if (_function.EnabledAts is not { } ats)
            return true;
        if (ats.Tlb.TryFind(prefix, address, out TranslationEntry entry) && (isWrite ? entry.Write : entry.Read))
        {
            if (!entry.UntranslatedOnly)
                route = new Route(prefix, entry.Address | address & (1UL << entry.PageShift) - 1, PendingKind.Translated);
            return true;
        }

        route = new Route(prefix, address, PendingKind.Translated);
        return _function.Does(DeviceMisbehaviour.ForgesTranslatedRequests);
    }

    // Brings the translation of a page into the device TLB, or returns the reason for the failure.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DmaOutcome> ObtainAsync(DmaSpace space, ulong address, uint wanted, bool isWrite)
    {
        PasidPrefix prefix = Actual(space.Prefix);
        if (!_function.MaySend(prefix))
            return _function.IsPresent ? new DmaOutcome(DmaStatus.NotEnabled, address) : DmaOutcome.Discarded;
        int pages = PagesOf(address, wanted);
        int asked = Math.Min(pages, MaxPagesPerTranslation);
        PendingRequest request = _function.Requests.Begin(PendingKind.Translation, prefix, address);
        _function.Port.Translate(
            request.Tag, new TranslationRequest(_function.RequesterId, address & ~PageMask, asked, NoWrite: !isWrite, prefix));
        RequestStatus end = await request.Task.ConfigureAwait(false);
        bool isGiven = request.IsInvalidated || (isWrite ? request.Translation.Write : request.Translation.Read);
        _function.Requests.Return(request);
        if (end != RequestStatus.Success)
            return OutcomeOf(end, address);
        if (isGiven)
            return DmaOutcome.Success;
        if (!space.MayBlock || _function.EnabledPri is not { } pri)
            return new DmaOutcome(DmaStatus.PageFault, address);
        return OutcomeOf(await pri.Requester.RequestAsync(prefix, address, pages, isWrite).ConfigureAwait(false), address);
    }

    private PasidPrefix Actual(PasidPrefix prefix) =>
        prefix.IsPresent && _function.Does(DeviceMisbehaviour.UsesForeignPasid)
            ? new PasidPrefix(new Pasid(prefix.Pasid.Value ^ 1), prefix.ExecuteRequested, prefix.PrivilegedModeRequested)
            : prefix;

    private int PieceOf(ulong address, int length)
    {
        int toBoundary = _options.MaximumRequestLength - (int)(address & (ulong)(_options.MaximumRequestLength - 1));
        return Math.Min(length, toBoundary);
    }

    private static int PagesOf(ulong address, uint length) => (int)(((address & PageMask) + length + PageMask) >> PageShift);

    private static DmaOutcome OutcomeOf(RequestStatus end, ulong address) => end switch
    {
        RequestStatus.Success => DmaOutcome.Success,
        RequestStatus.Aborted => DmaOutcome.Discarded,
        _ => new DmaOutcome(DmaStatus.RequestRefused, address),
    };

    private static DmaOutcome OutcomeOf(PageRequestResult answer, ulong address) => answer switch
    {
        PageRequestResult.Success => DmaOutcome.Success,
        PageRequestResult.Aborted => DmaOutcome.Discarded,
        PageRequestResult.Abandoned => new DmaOutcome(DmaStatus.Aborted, address),
        PageRequestResult.NotEnabled => new DmaOutcome(DmaStatus.PageFault, address),
        _ => new DmaOutcome(DmaStatus.PageRequestRefused, address),
    };

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Route(PasidPrefix Prefix, ulong Address, PendingKind Kind)
    {
        // A translated request carries no PASID. Since revision 5.0 software can enable it in the function (VT-d 4.2.5); this function does not support that.
        public DmaRequest Request(RequesterId requester, DmaAccess access) => Kind == PendingKind.Translated
            ? new(requester, Address, access, IsTranslated: true)
            : new(requester, Address, access, Prefix);
    }
}
