using IoAsid.Typed;
using IoAsid.Typed.Linux;

namespace UserPageRequests;

/// <summary>The run on Linux: two guests and an auxiliary PASID on one device, whose page requests arrive in one fault queue.</summary>
internal sealed class IommufdServer : IDisposable
{
    private readonly PageRequestServer _server = new();
    private readonly List<IDisposable> _opened = [];
    private readonly IoAsidSet<Guest> _guests;
#pragma warning disable CA2213 // _opened disposes it.
    private readonly FaultQueue _queue;
#pragma warning restore CA2213

    /// <summary>Opens a device and attaches the guests.</summary>
    /// <exception cref="SystemCallException">The kernel refused the call. The message names the remedy.</exception>
    /// <exception cref="NotSupportedException">The device has no PASIDs.</exception>
    public IommufdServer(PciAddress address)
    {
        try
        {
            VfioPci.Bind(address);
            Iommufd iommufd = Add(Iommufd.Open());
            VfioDevice device = Add(VfioDevice.Open(iommufd, address));
            IoAsidSpace space = new(device.CreateSpaceOptions());
            _guests = space.CreateSet<Guest>("guests");
            _queue = Add(iommufd.AllocateFaultQueue());
            Ioas memory = Add(iommufd.AllocateIoas());
            Add(device.Attach(Add(device.AllocateHwpt(memory, new HwptOptions { TakesPasids = true }))));
            First = Add(new IommufdGuest(device, _queue, _guests, "vm-1"));
            Second = Add(new IommufdGuest(device, _queue, _guests, "vm-2"));
            IoAsidHandle<AuxiliaryBuffers> buffers = space.CreateSet<AuxiliaryBuffers>("aux").Allocate(new AuxiliaryBuffers(memory));
            Auxiliary = Add(device.Attach(buffers, Add(device.AllocateHwpt(memory, new HwptOptions { TakesPasids = true, FaultQueue = _queue }))));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IommufdGuest First { get; }

    public IommufdGuest Second { get; }

    /// <summary>The attachment of the auxiliary domain, whose PASID is in another set than the guests'.</summary>
    public IommufdPasidAttachment Auxiliary { get; }

    /// <summary>Serves page requests until the wait is cancelled.</summary>
    /// <param name="output">Takes a line for each group.</param>
    /// <param name="count">The number of groups after which the server ends; 0 for no end.</param>
    /// <param name="cancellationToken">Ends the server.</param>
    public async Task ServeAsync(TextWriter output, int count, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"vm-1 has PASID {First.Attachment.Pasid}, vm-2 PASID {Second.Attachment.Pasid}, the auxiliary domain PASID {Auxiliary.Pasid}.");
        int served = 0;
        await foreach (IommufdPageRequest<Guest> request in _queue.ReadThrough(_guests.Reader).ReadAllAsync(cancellationToken))
        {
            using (request)
                await output.WriteLineAsync(await ServeAsync(request));
            if (++served == count)
                return;
        }
    }

    /// <summary>Disposes all objects, the latest first.</summary>
    public void Dispose()
    {
        for (int last = _opened.Count - 1; last >= 0; last--)
            _opened[last].Dispose();
        _opened.Clear();
    }

    /// <summary>The data of the auxiliary PASID.</summary>
    private sealed record AuxiliaryBuffers(Ioas Memory);

    private T Add<T>(T one)
        where T : IDisposable
    {
        _opened.Add(one);
        return one;
    }

    private async ValueTask<string> ServeAsync([Answers] IommufdPageRequest<Guest> request)
    {
        ulong[] addresses = [.. Enumerable.Range(0, request.Count).Select(page => request[page].Address)];
        IommufdPageResponse response = await _server.ServeAsync(request.Data, addresses) ? IommufdPageResponse.Success : IommufdPageResponse.Invalid;
        bool isFirst = request.Respond(response);
        return $"PASID {request.Pasid}, 0x{addresses[0]:X}: {request.Data?.Name ?? $"no guest ({request.Status})"}: {(isFirst ? response : "a detach has responded")}";
    }
}
