package model

import "testing"

// smallText is a whole model: three columns, the second categorical (0, 2 and
// 32 go left), three trees, of which the second is a constant.
const smallText = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=2
objective=regression
feature_names=size kind age
feature_infos=[0:1] 0:2:32 [-1:1]
tree_sizes=0

Tree=0
num_leaves=4
num_cat=1
split_feature=0 1 2
split_gain=3 2 nan
threshold=0.5 0 inf
decision_type=10 1 8
left_child=1 2 -1
right_child=-4 -3 -2
leaf_value=0.125 -0.25 1e-05 4
leaf_weight=1 1 1 1
leaf_count=1 1 1 1
internal_value=0 0 0
internal_weight=0 0 0
internal_count=4 3 2
cat_boundaries=0 2
cat_threshold=5 1
is_linear=0
shrinkage=1


Tree=1
num_leaves=1
num_cat=0
split_feature=
split_gain=
threshold=
decision_type=
left_child=
right_child=
leaf_value=0.5
leaf_weight=
leaf_count=12
internal_value=
internal_weight=
internal_count=
is_linear=0
shrinkage=1


Tree=2
num_leaves=3
num_cat=0
split_feature=2 2
threshold=-1 1
decision_type=4 6
left_child=-1 -2
right_child=1 -3
leaf_value=8 16 32


end of trees

feature_importances:
size=1
age=2

pandas_categorical:null
`

func small(t testing.TB) document { return takeApart(t, []byte(smallText)) }
