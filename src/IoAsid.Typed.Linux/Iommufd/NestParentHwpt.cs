namespace IoAsid.Typed.Linux;

/// <summary>A second-stage page table over which nested page tables can be made. Only this type of table can be their parent.</summary>
public sealed class NestParentHwpt : PagingHwpt
{
    internal NestParentHwpt(Ioas ioas, ObjectHandle handle, bool takesPasids)
        : base(ioas, handle, takesPasids, faultQueue: null)
    {
    }
}
