/** A made-up ontology in the shapes that real files have. The same terms as `OBO_GRAPH`. */
export const OBO = `format-version: 1.4
data-version: xy/releases/2024-04-26/xy.obo
subsetdef: slim "a subset"
ontology: xy
property_value: http://purl.org/dc/elements/1.1/title "Example of Ys" xsd:string
owl-axioms: Prefix(owl:=<http://www.w3.org/2002/07/owl#>)\\n[Term]\\nid: XY:0000666

[Term]
id: XY:0000001
name: everything

[Term]
id: XY:0000002
name: a thing of the upper limb \\! with {braces} ! comment
def: "Has a ! and a {source=\\"x\\"} in it." [PMID:1]
alt_id: XY:0000020
alt_id: XY:0000021
is_a: XY:0000001 {source="PMID:1", source="a } b"} ! everything
relationship: part_of XY:0000006 ! a whole

[Term]
id: XY:0000003
name: a hand
synonym: "is_a: XY:0000006" EXACT []
is_a: XY:0000002
is_a: XY:0000004 {is_inferred="true"}

[Term]
id: XY:0000004
name: an end
is_a: XY:0000001 ! everything

[Term]
id: XY:0000005
name: a finger
is_a: http://purl.obolibrary.org/obo/XY_0000003 ! a hand

[Term]
id: XY:0000006
name: a whole

[Term]
id: XY:0000007
name: obsolete digit
is_obsolete: true
replaced_by: XY:0000005

[Term]
id: XY:0000008
name: obsolete thing
is_obsolete: true
consider: XY:0000003
consider: XY:0000004

[Term]
id: XY:0000009
is_obsolete: true
replaced_by: XY:0000007

[Term]
id: XY:0000010
name: obsolete, and replaced elsewhere
is_obsolete: true
replaced_by: ZZ:0000001

[Term]
id: XY:0000011
name: first of a circle
is_a: XY:0000004
is_a: XY:0000012

[Term]
id: XY:0000012
name: second of a circle
is_a: XY:0000011

[Term]
id: ZZ:0000005
name: a term of another ontology
is_a: XY:0000005

[Typedef]
id: part_of
name: part of
is_transitive: true

[Instance]
id: XY:0000090
name: an instance
`

const IRI = 'http://purl.obolibrary.org/obo'

interface NodeOptions {
  readonly deprecated?: boolean
  readonly properties?: readonly (readonly [string, string])[]
  readonly type?: string
}

function node(id: string, lbl: string | undefined, { deprecated, properties, type = 'CLASS' }: NodeOptions = {}) {
  const basicPropertyValues = properties?.map(([pred, val]) => ({ pred, val }))
  const meta = { ...(deprecated ? { deprecated } : {}), ...(basicPropertyValues ? { basicPropertyValues } : {}) }
  return { id: `${IRI}/${id}`, ...(lbl === undefined ? {} : { lbl }), ...(type ? { type } : {}), meta }
}

const is_a = (sub: string, obj: string, pred = 'is_a') => ({ sub: `${IRI}/${sub}`, pred, obj: `${IRI}/${obj}` })
const ALTERNATIVE = 'http://www.geneontology.org/formats/oboInOwl#hasAlternativeId'
const CONSIDER = 'http://www.geneontology.org/formats/oboInOwl#consider'
const REPLACED = `${IRI}/IAO_0100001`

export const OBO_GRAPH = {
  graphs: [
    {
      nodes: [
        node('XY_0000001', 'everything'),
        node('XY_0000002', 'a thing of the upper limb ! with {braces}', {
          properties: [
            [ALTERNATIVE, 'XY:0000020'],
            [ALTERNATIVE, `${IRI}/XY_0000021`],
            ['http://www.geneontology.org/formats/oboInOwl#hasOBONamespace', 'xy'],
          ],
        }),
        node('XY_0000003', 'a hand'),
        node('XY_0000004', 'an end'),
        node('XY_0000005', 'a finger'),
        node('XY_0000006', 'a whole'),
        node('XY_0000007', 'obsolete digit', { deprecated: true, properties: [[REPLACED, `${IRI}/XY_0000005`]] }),
        node('XY_0000008', 'obsolete thing', {
          deprecated: true,
          properties: [
            [CONSIDER, 'XY:0000003'],
            [CONSIDER, 'XY:0000004'],
          ],
        }),
        node('XY_0000009', undefined, { deprecated: true, type: '', properties: [[REPLACED, 'XY:0000007']] }),
        node('XY_0000010', 'obsolete, and replaced elsewhere', {
          deprecated: true,
          properties: [[REPLACED, `${IRI}/ZZ_0000001`]],
        }),
        node('XY_0000011', 'first of a circle'),
        node('XY_0000012', 'second of a circle'),
        node('ZZ_0000005', 'a term of another ontology'),
        node('BFO_0000050', 'part of', { type: 'PROPERTY' }),
        { id: 'http://www.w3.org/2002/07/owl#Thing', type: 'CLASS' },
      ],
      edges: [
        is_a('XY_0000002', 'XY_0000001'),
        is_a('XY_0000002', 'XY_0000006', `${IRI}/BFO_0000050`),
        is_a('XY_0000003', 'XY_0000002', 'http://www.w3.org/2000/01/rdf-schema#subClassOf'),
        is_a('XY_0000003', 'XY_0000004'),
        is_a('XY_0000004', 'XY_0000001'),
        is_a('XY_0000005', 'XY_0000003'),
        is_a('XY_0000011', 'XY_0000004'),
        is_a('XY_0000011', 'XY_0000012'),
        is_a('XY_0000012', 'XY_0000011'),
        is_a('ZZ_0000005', 'XY_0000005'),
      ],
      id: `${IRI}/xy.json`,
      meta: {
        basicPropertyValues: [{ pred: 'http://purl.org/dc/elements/1.1/title', val: 'Example of Ys' }],
        version: `${IRI}/xy/releases/2024-04-26/xy.json`,
      },
      equivalentNodesSets: [],
    },
  ],
}
