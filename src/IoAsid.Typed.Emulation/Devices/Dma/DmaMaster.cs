using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Memory as a function reaches it: in requests that cross no page, untranslated, or by the device TLB when ATS is enabled; pages
/// that are not there are asked for when the caller may block and page requests are enabled.
/// </summary>
/// <remarks>
/// Its tasks are pooled, so each is awaited once. They complete in the step of hardware in which the last message arrives. A device that awaits them with
/// <c>ConfigureAwait(false)</c> continues inside that step; this is the one exception that <see cref="SeededScheduler"/> describes.
/// </remarks>
public sealed class DmaMaster
{
    private const int PageShift = 12;
    private const ulong PageMask = (1UL << PageShift) - 1;
    private const int MostPagesPerTranslation = 8;

    private readonly EmulatedFunction _function;
    private readonly FunctionOptions _options;

    internal DmaMaster(EmulatedFunction function, FunctionOptions options)
    {
        _function = function;
        _options = options;
    }

    /// <summary>The address space that was used last.</summary>
    internal DmaSpace LastSpace { get; private set; }

    /// <summary>The address that was used last.</summary>
    internal ulong LastAddress { get; private set; }

    /// <summary>Reads memory.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">The first byte.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <param name="ahead">How many bytes behind these will be wanted too: their pages are asked for in the same group.</param>
    /// <returns>How it ended.</returns>
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

    /// <summary>Writes memory. Writes are posted: a success says that they were sent.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">The first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="ahead">How many bytes behind these will be written too: their pages are asked for in the same group.</param>
    /// <returns>How it ended.</returns>
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
    /// <param name="summand">What is added.</param>
    /// <returns>How it ended, and what was there before.</returns>
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
        RequestEnd end = await request.Task.ConfigureAwait(false);
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
        RequestEnd end = await request.Task.ConfigureAwait(false);
        _function.Requests.Return(request);
        return OutcomeOf(end, address);
    }

    // Between finding a translation and sending the request that uses it there is no step: an invalidation comes before or after
    // both.
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
        return _function.Does(DeviceMisbehaviour.SendsUngivenTranslated);
    }

    // Brings the translation of a page into the device TLB, or says why it cannot be had.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DmaOutcome> ObtainAsync(DmaSpace space, ulong address, uint wanted, bool isWrite)
    {
        PasidPrefix prefix = Actual(space.Prefix);
        if (!_function.MaySend(prefix))
            return _function.IsPresent ? new DmaOutcome(DmaStatus.NotEnabled, address) : DmaOutcome.Forgotten;
        int pages = PagesOf(address, wanted);
        int asked = Math.Min(pages, MostPagesPerTranslation);
        PendingRequest request = _function.Requests.Begin(PendingKind.Translation, prefix, address);
        _function.Port.Translate(
            request.Tag, new TranslationRequest(_function.RequesterId, address & ~PageMask, asked, NoWrite: !isWrite, prefix));
        RequestEnd end = await request.Task.ConfigureAwait(false);
        bool isGiven = request.IsSpoilt || (isWrite ? request.Translation.Write : request.Translation.Read);
        _function.Requests.Return(request);
        if (end != RequestEnd.Success)
            return OutcomeOf(end, address);
        if (isGiven)
            return DmaOutcome.Success;
        if (!space.MayBlock || _function.EnabledPri is not { } pri)
            return new DmaOutcome(DmaStatus.PageFault, address);
        return OutcomeOf(await pri.Requester.AskAsync(prefix, address, pages, isWrite).ConfigureAwait(false), address);
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

    private static DmaOutcome OutcomeOf(RequestEnd end, ulong address) => end switch
    {
        RequestEnd.Success => DmaOutcome.Success,
        RequestEnd.Aborted => DmaOutcome.Forgotten,
        _ => new DmaOutcome(DmaStatus.RequestRefused, address),
    };

    private static DmaOutcome OutcomeOf(PageAnswer answer, ulong address) => answer switch
    {
        PageAnswer.Success => DmaOutcome.Success,
        PageAnswer.Aborted => DmaOutcome.Forgotten,
        PageAnswer.GivenUp => new DmaOutcome(DmaStatus.Aborted, address),
        PageAnswer.NotEnabled => new DmaOutcome(DmaStatus.PageFault, address),
        _ => new DmaOutcome(DmaStatus.PageRequestRefused, address),
    };

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Route(PasidPrefix Prefix, ulong Address, PendingKind Kind)
    {
        // A translated request carries no PASID: not before revision 5.0 of VT-d, and then only if the function is told to send it (VT-d 4.2.5).
        public DmaRequest Request(RequesterId requester, DmaAccess access) => Kind == PendingKind.Translated
            ? new(requester, Address, access, IsTranslated: true)
            : new(requester, Address, access, Prefix);
    }
}
