using IoAsid.Typed;
using IoAsid.Typed.Vtd;
using Samples;

namespace PageRequestHandler;

/// <summary>A process: the data of a PASID of shared virtual addressing.</summary>
public sealed record Process(PageTables Tables);

/// <summary>The data of a PASID of a part of a device. It has page tables like a process.</summary>
public sealed record AuxiliaryDomain(PageTables Tables);

/// <summary>Serves page requests through the root of shared virtual addressing, and nothing wider.</summary>
public sealed class TypedHandler(IoAsidReader<Process> sva)
{
    public PageResponse Serve(RawIoAsid pasid, ulong address)
    {
        using IoAsidHold<Process> process = sva.Hold(pasid);
        if (!process.IsHeld)
            return PageResponse.InvalidRequest;
        process.Data.Tables.MapNewPage(address);
        return PageResponse.Success;
    }
}
