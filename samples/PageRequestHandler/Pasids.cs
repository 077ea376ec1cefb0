using IoAsid.Typed;
using IoAsid.Typed.Vtd;
using PageRequestHandler.Untyped;
using Samples;

namespace PageRequestHandler;

/// <summary>A way to store the data of PASIDs, with its handler of page requests.</summary>
internal abstract class Pasids
{
    protected IoAsidSpace Space { get; } = new();

    public abstract RawIoAsid AddProcess(PageTables tables);

    public abstract RawIoAsid AddDomain(PageTables tables);

    public abstract PageResponse Serve(RawIoAsid pasid, ulong address);
}

/// <summary>The untyped way: each part of the system stores its page tables.</summary>
internal sealed class UntypedPasids : Pasids
{
    private readonly IoAsidSet<PageTables> _sva;
    private readonly IoAsidSet<PageTables> _aux;
    private readonly UntypedHandler _handler;

    public UntypedPasids()
    {
        _sva = Space.CreateSet<PageTables>("sva");
        _aux = Space.CreateSet<PageTables>("aux");
        _handler = new UntypedHandler(Space);
    }

    public override RawIoAsid AddProcess(PageTables tables) => _sva.Allocate(tables).Id;

    public override RawIoAsid AddDomain(PageTables tables) => _aux.Allocate(tables).Id;

    public override PageResponse Serve(RawIoAsid pasid, ulong address) => _handler.Serve(pasid, address);
}

/// <summary>The typed way: a set for each type of data, and the handler receives one of them.</summary>
internal sealed class TypedPasids : Pasids
{
    private readonly IoAsidSet<Process> _sva;
    private readonly IoAsidSet<AuxiliaryDomain> _aux;
    private readonly TypedHandler _handler;

    public TypedPasids()
    {
        _sva = Space.CreateSet<Process>("sva");
        _aux = Space.CreateSet<AuxiliaryDomain>("aux");
        _handler = new TypedHandler(_sva);
    }

    public override RawIoAsid AddProcess(PageTables tables) => _sva.Allocate(new Process(tables)).Id;

    public override RawIoAsid AddDomain(PageTables tables) => _aux.Allocate(new AuxiliaryDomain(tables)).Id;

    public override PageResponse Serve(RawIoAsid pasid, ulong address) => _handler.Serve(pasid, address);
}
